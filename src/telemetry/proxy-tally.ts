import type { Nanoseconds } from "../kernel/time.ts";
import type { Observation } from "./observation.ts";
import type { Stats } from "./stats.ts";

/** An ejection or return of a host, with the words of Envoy's event log. */
export interface EjectionRecord {
  readonly at: Nanoseconds;
  readonly proxy: string;
  readonly replica: number;
  readonly cluster: string;
  readonly host: string;
  readonly action: "EJECT" | "UNEJECT";
  readonly type: string;
  readonly numEjections: number;
  readonly enforced: boolean;
  /** Whole seconds since the opposite action on this host; absent where there was none. */
  readonly secsSinceLastAction?: number;
  /** Of detections by the share of failures: whole percents, cut off. */
  readonly rates?: {
    readonly host: number;
    readonly clusterAverage?: number;
    readonly ejectionThreshold?: number;
  };
}

/** What active health checks found of a host, with the words of Envoy's event log. */
export interface HealthRecord {
  readonly at: Nanoseconds;
  readonly proxy: string;
  readonly replica: number;
  readonly cluster: string;
  readonly host: string;
  /** `HTTP`, `TCP` or `GRPC`. */
  readonly checker: string;
  /** Such as `add_healthy_event`. */
  readonly kind: string;
  /** The fields of that event under Envoy's names. */
  readonly fields: Readonly<Record<string, string | number | boolean>>;
}

/** Memory must not grow with the length of a run: later events are counted by statistics only. */
const MAX_EJECTION_RECORDS = 1_000;
const MAX_HEALTH_RECORDS = 1_000;

/** What is counted for a proxy over all its replicas, beside Envoy's own statistics. */
export class ProxyTally {
  readonly name: string;
  readonly attempts: Float64Array;
  readonly retries: Float64Array;
  /** Requests, retries and connections that a circuit breaker refused. */
  readonly overflows: Float64Array;
  readonly ejections: EjectionRecord[] = [];
  readonly healthEvents: HealthRecord[] = [];
  /** Statistics of each replica. */
  readonly stats: Stats[] = [];
  private readonly observation: Observation;
  /** Changes of the number of ejected hosts, by bin. */
  private readonly ejectedChanges: Float64Array;

  constructor(name: string, observation: Observation) {
    this.name = name;
    this.observation = observation;
    const { bins } = observation;
    this.attempts = new Float64Array(bins);
    this.retries = new Float64Array(bins);
    this.overflows = new Float64Array(bins);
    this.ejectedChanges = new Float64Array(bins);
  }

  count(series: Float64Array, now: Nanoseconds): void {
    if (now >= 0 && now < this.observation.duration) series[this.observation.binOf(now)]!++;
  }

  /** `change`: by how many the number of ejected hosts changes. */
  ejection(record: EjectionRecord, change: number): void {
    if (this.ejections.length < MAX_EJECTION_RECORDS) this.ejections.push(record);
    const { at } = record;
    if (change === 0 || at < 0 || at >= this.observation.duration) return;
    this.ejectedChanges[this.observation.binOf(at)]! += change;
  }

  healthEvent(record: HealthRecord): void {
    if (this.healthEvents.length < MAX_HEALTH_RECORDS) this.healthEvents.push(record);
  }

  /** Hosts ejected at the end of each bin. */
  ejected(): number[] {
    let level = 0;
    return Array.from(this.ejectedChanges, (change) => (level += change));
  }
}
