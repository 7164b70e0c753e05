import type { Simulator } from "../kernel/simulator.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import type { Network } from "../network/network.ts";
import type { Station } from "../network/station.ts";
import type { Distribution } from "../random/distributions/distribution.ts";
import type { RandomStream } from "../random/random-stream.ts";
import type { Random64 } from "../random/random64.ts";
import type { Activity } from "../telemetry/activity.ts";
import type { ProxyTally } from "../telemetry/proxy-tally.ts";
import type { Recorder } from "../telemetry/recorder.ts";
import type { Host } from "./cluster/host.ts";
import type { Assignment } from "./cluster/priority-set.ts";
import type { ClusterConfig } from "./cluster-config.ts";
import type { DrainOptions } from "./draining/drain-manager.ts";
import type { ProxyTrace } from "./proxy-trace.ts";

/** What a proxy process needs of the world. */
export interface ProxyDeps {
  readonly simulator: Simulator;
  readonly network: Network;
  readonly recorder: Recorder;
  readonly activity: Activity;
  readonly tally: ProxyTally;
  readonly station: Station;
  readonly replica: number;
  /** How many proxies have this configuration. */
  readonly replicas: number;
  /** Envoy's `--concurrency`: the number of workers. */
  readonly concurrency: number;
  /** Time that the proxy itself takes for each request. */
  readonly overhead: Distribution;
  /** Time that a worker takes for each TLS handshake. */
  readonly handshake: Distribution;
  /** Of the clock by which back-offs run; 0: they are exact. */
  readonly timerTick: Nanoseconds;
  /** Absent: nobody ever drains it. */
  readonly drain?: DrainOptions;
  /** Members of a cluster, as configured or discovered. */
  assignmentOf(cluster: ClusterConfig): Assignment;
  /** Number of the station that has this host's address. */
  stationNumberOf(host: Host): number;
  /** The first address that a name stands for; null where nobody has that name. */
  resolve(name: string): string | null;
  /** Named draws of this process. */
  random64(name: string): Random64;
  randomStream(name: string): RandomStream;
  /** For explanations; absent in ordinary runs. */
  readonly trace?: ProxyTrace;
}
