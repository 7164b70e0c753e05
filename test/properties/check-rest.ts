import { MILLISECOND, SECOND } from "../../src/kernel/time.ts";
import { CheckSession } from "../../src/proxy/health-checking/check-session.ts";
import type { RunResult } from "../../src/simulation/result.ts";
import type { World } from "../../src/simulation/world.ts";
import { openConnectionsOf } from "./audit-ends.ts";
import { StatValues } from "./check-counts.ts";
import type { Findings } from "./findings.ts";
import { clustersOf, inside } from "./inside.ts";
import type { Observer } from "./observer.ts";
import type { WorldParameters } from "./world-parameters.ts";
import { DRAIN_SECONDS } from "./write-world.ts";

/** Checks how the run ended; tells whether the world has come to rest. */
export function checkRest(
  findings: Findings,
  parameters: WorldParameters,
  world: World,
  observer: Observer,
  result: RunResult,
): boolean {
  const isCutShort =
    world.parts.simulator.now >= parameters.durationMs * MILLISECOND + DRAIN_SECONDS * SECOND;
  if (isCutShort) {
    const isExcused = mayStall(parameters) || observer.jobs > 0;
    findings.expect(isExcused, "drained", () => "requests are open at the end although everything works");
    return false;
  }
  findings.equal("drained", "requests in proxies", observer.liveInProxies, 0);
  findings.equal("drained", "jobs at hosts", observer.jobs, 0);
  result.proxies.forEach(({ name, stats }, index) => {
    const values = new StatValues(stats);
    const active = values.sum(/(upstream_rq_active|rq_pending_active|downstream_rq_active|active_faults)$/);
    findings.equal("drained", `${name}: active requests`, active, 0);
    // With a budget nothing keeps retries from using a breaker of limit 0, which never closes again.
    const hasNoRetries = parameters.proxies[index]!.limits.retries === 0;
    const open = hasNoRetries ? /(rq_open|rq_pending_open)$/ : /(rq_open|rq_pending_open|rq_retry_open)$/;
    findings.equal("drained", `${name}: open breakers`, values.sum(open), 0);
  });
  for (const { status } of result.clients) {
    findings.equal("drained", "unfinished requests", new StatValues(status).of("0"), 0);
  }
  return true;
}

/** Whether somebody may wait for ever. Losses end: messages are sent again. */
function mayStall({ faults }: WorldParameters): boolean {
  const isLasting = (effect: string, duration: number) =>
    effect === "hang" || ((effect === "cut" || effect === "pause") && duration === 0);
  return faults.some((fault) => isLasting(fault.effect, fault.for));
}

/** Whether every message arrives, and soon: nothing is lost, and nobody breaks connections. */
function isQuiet({ faults, link, proxies }: WorldParameters): boolean {
  const noisy = ["loss", "cut", "down", "reset"];
  const closes = proxies.some(({ connections: { downstreamIdleMs, downstreamMaxDurationMs, limit } }) => {
    return downstreamIdleMs !== null || downstreamMaxDurationMs !== null || limit !== null;
  });
  return !closes && link.loss === 0 && !faults.some(({ effect }) => noisy.includes(effect));
}

/** When the last messages have arrived, what one side has sent is what the other has got. */
export function checkSettled(
  findings: Findings,
  parameters: WorldParameters,
  world: World,
  observer: Observer,
): void {
  const { clients, proxies } = parameters;
  const sent = (isDirect: boolean) =>
    observer.clients.reduce(
      (sum, counts, index) => sum + (clients[index]!.isDirect === isDirect ? counts.sent : 0),
      0,
    );
  const arrivals = [...observer.arrivals.values()].reduce((sum, { all }) => sum + all, 0);
  const attached = world.proxies.map(({ tally }, index) => {
    const name = index === proxies.length - 1 ? "store" : "next";
    return tally.stats.reduce(
      (sum, stats) => sum + stats.counter(`cluster.${name}.upstream_rq_total`).value,
      0,
    );
  });
  const check = isQuiet(parameters)
    ? findings.equal.bind(findings, "agreement")
    : findings.atMost.bind(findings, "agreement");
  world.proxies.forEach(({ name }, index) => {
    const { arrived } = observer.proxies[index]!;
    check(
      `${name}: arrivals of what was sent there`,
      arrived,
      index === 0 ? sent(false) : attached[index - 1]!,
    );
  });
  check("hosts: arrivals of what was sent there", arrivals, sent(true) + attached[attached.length - 1]!);
  checkFaultsOver(findings, parameters, world);
  for (const { isClosedByOwner, streams } of observer.connections.all) {
    const left = isClosedByOwner ? streams.length : 0;
    findings.equal("drained", "streams on a closed connection", left, 0);
  }
  if (!isQuiet(parameters)) return;
  checkConnections(findings, parameters, world);
  for (const { givenUp } of observer.connections.all) {
    findings.equal("drained", "exchanges given up, of which the other side has not heard", givenUp.length, 0);
  }
}

/** What a fault did has gone with it. */
function checkFaultsOver(findings: Findings, { faults }: WorldParameters, world: World): void {
  if (faults.some((fault) => fault.for === 0)) return;
  const { effects, paths } = inside("network", world.parts.network);
  const ofPaths = [...paths.values()].flatMap((to) =>
    [...to.values()].flatMap((path) => inside("path", path).effects),
  );
  const instances = world.services.flatMap((service) => service.instances);
  const ofHosts = instances.flatMap((instance) => inside("instance", instance).effects);
  const left = effects.length + ofPaths.length + ofHosts.length;
  findings.equal("drained", "effects of faults that are over", left, 0);
  const listeners = world.proxies.flatMap(({ replicas }) => replicas.flatMap((proxy) => proxy.listeners));
  const down = listeners.filter((listener) => inside("listener", listener).isDown);
  findings.equal("drained", "proxies that stay down", down.length, 0);
  const slow = instances.filter((instance) => inside("instance", instance).speed !== 1);
  findings.equal("drained", "hosts that stay slow", slow.length, 0);
}

/** Both sides know of the same connections. */
function checkConnections(findings: Findings, { clients }: WorldParameters, world: World): void {
  const ofClients = (isDirect: boolean) =>
    world.clients.flatMap(({ client }, index) =>
      clients[index]!.isDirect === isDirect ? openConnectionsOf(client) : [],
    ).length;
  const upstream = world.proxies.map(({ replicas }) =>
    replicas.reduce((sum, proxy) => {
      return sum + clustersOf(proxy).reduce((all, { stats }) => all + stats.upstreamCxActive.value, 0);
    }, 0),
  );
  const downstream = world.proxies.map(({ replicas }) =>
    replicas
      .flatMap(({ listeners }) => listeners)
      .reduce((sum, listener) => {
        return sum + inside("listener", listener).connections.size;
      }, 0),
  );
  const atHosts = world.services
    .flatMap(({ instances }) => instances)
    .flatMap((instance) => [...inside("instance", instance).connections])
    // Health checks keep theirs as long as their proxy lives.
    .filter(({ owner }) => !(owner instanceof CheckSession)).length;
  world.proxies.forEach(({ name }, index) => {
    const opened = index === 0 ? ofClients(false) : upstream[index - 1]!;
    findings.equal("drained", `${name}: downstream connections`, downstream[index]!, opened);
  });
  findings.equal(
    "drained",
    "connections at hosts",
    atHosts,
    ofClients(true) + upstream[upstream.length - 1]!,
  );
}
