import type { WorldPlan } from "./plan.ts";
import { World } from "./world.ts";

/** Names of statistics that a proxy may count. */
export interface KnownStatistics {
  readonly names: ReadonlySet<string>;
  /** Whether this name is one of those that are made when first counted, such as those by status. */
  isMadeLater(name: string): boolean;
}

/**
 * Made when the first request asks for them: by status (src/proxy/cluster/code-stats.ts), of the rate limit filter by
 * cluster, of the fault filter by the cluster that a request comes from.
 */
const madeLater: readonly RegExp[] = [
  /^cluster\..+\.upstream_rq_(completed|[1-5]xx|[1-5]\d\d)$/,
  /^cluster\..+\.ratelimit\.(.+\.)?(ok|error|over_limit|failure_mode_allowed)$/,
  /^http\..+\.fault\..+\.(delays_injected|aborts_injected)$/,
];

/**
 * The statistics of each proxy of a world, by its name. Proxies ask for their counters when configuration is compiled and
 * when they start, so the world is built and its proxies started, but no client does anything.
 */
export function knownStatistics(plan: WorldPlan): ReadonlyMap<string, KnownStatistics> {
  const world = new World(plan, plan.scenario.seed, [], null);
  // Proxies start before time 0, clients from there on.
  world.advance(-1);
  return new Map(
    world.proxies.map(({ name, tally }) => [
      name,
      {
        names: new Set(tally.stats.flatMap((stats) => stats.names())),
        isMadeLater: (stat: string) => madeLater.some((pattern) => pattern.test(stat)),
      },
    ]),
  );
}
