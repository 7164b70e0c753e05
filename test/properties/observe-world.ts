import { MILLISECOND, type Nanoseconds, SECOND } from "../../src/kernel/time.ts";
import { makeResult } from "../../src/simulation/make-result.ts";
import { World } from "../../src/simulation/world.ts";
import { loadTestScenario } from "../support/run-scenario.ts";
import { checkClients, checkLog, checkProxies, checkServices } from "./check-counts.ts";
import { checkRest, checkSettled } from "./check-rest.ts";
import { Findings, type PropertyName, properties } from "./findings.ts";
import { Observer } from "./observer.ts";
import type { Time, WorldParameters } from "./world-parameters.ts";
import { effectValues, writeWorld } from "./write-world.ts";

/** Runs a world under observation. An error that ends the run is found against every property. */
export function observeWorld(parameters: WorldParameters): Findings {
  const findings = new Findings();
  try {
    runObserved(parameters, findings);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    for (const property of Object.keys(properties)) findings.add(property as PropertyName, text);
  }
  return findings;
}

function runObserved(parameters: WorldParameters, findings: Findings): void {
  const { plan } = loadTestScenario(writeWorld(parameters)).variants[0]!;
  let logged = 0;
  const world = new World(plan, String(parameters.seed), [], () => logged++);
  const observer = new Observer(parameters, world, findings, leastLatency(parameters));
  world.advance(Number.POSITIVE_INFINITY);
  const result = makeResult(world, null, String(parameters.seed));
  findings.expect(world.isDone, "drained", () => "the run stops before its end");
  findings.expect(observer.audits >= result.events, "time", () => "events were not observed");
  checkClients(findings, parameters, observer, result);
  checkProxies(findings, parameters, observer, result);
  checkServices(findings, world, observer, result);
  checkLog(findings, observer, result, logged);
  if (!checkRest(findings, parameters, world, observer, result)) return;
  settle(world);
  checkSettled(findings, parameters, world, observer);
}

/** Long enough for every message that is on its way when the run ends, unless it is lost or cut. */
const SETTLING = 5 * SECOND;

/** Goes on with a world that has come to rest, as far as its last messages and timers reach. */
function settle({ parts }: World): void {
  const { simulator } = parts;
  let isSettled = false;
  simulator.after(
    SETTLING,
    () => {
      isSettled = true;
      simulator.stop();
    },
    null,
  );
  while (!isSettled) simulator.run();
}

/** The least time for an answer 200: every such answer is a host's. */
function leastLatency({ proxies, clients, service, link, faults }: WorldParameters): Nanoseconds {
  const faultTimes = faults.map(({ effect }) => effect);
  const latencies = [least(link.latency), least(link.acrossZones)];
  if (faultTimes.includes("latency")) latencies.push(Number.parseFloat(effectValues.latency));
  const times = [least(service.time)];
  if (faultTimes.includes("time")) times.push(Number.parseFloat(effectValues.time));
  const isDirect = clients.some((client) => client.isDirect);
  const hops = isDirect ? 1 : proxies.length + 1;
  const overheads = proxies.map(({ overhead }) => (overhead === null || isDirect ? 0 : least(overhead)));
  const ms =
    2 * hops * Math.min(...latencies) + Math.min(...times) + overheads.reduce((sum, each) => sum + each, 0);
  // Each part is rounded to a whole nanosecond.
  return Math.max(0, Math.floor(ms * MILLISECOND) - (2 * hops + overheads.length + 1));
}

function least(time: Time): number {
  return time.kind === "exponential" ? 0 : time.ms;
}
