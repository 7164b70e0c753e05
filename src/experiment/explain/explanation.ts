import type { RequestHead } from "../../http/request-head.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import type { CoarseHealth } from "../../proxy/cluster/host.ts";
import type { Locality } from "../../proxy/cluster/locality.ts";
import type { BalancerView } from "../../proxy/load-balancing/balancer-view.ts";
import type { RetryPolicy } from "../../proxy/retry/retry-policy.ts";
import type { RouteExplanation } from "../../proxy/routing/route-explanation.ts";
import type { Draw } from "../../random/recording64.ts";

/** What became of one request and why; of several requests of one text the first is told. */
export interface RequestExplanation {
  readonly text: string;
  /** As it was sent. */
  readonly head: RequestHead;
  readonly source: string;
  /** Null where a cluster was asked for. */
  readonly listener: { readonly name: string; readonly address: string } | null;
  /** Null where the request did not come to routing, or a cluster was asked for. */
  readonly routing: RouteExplanation | null;
  /** How it ended. */
  readonly answer: {
    readonly status: number;
    readonly flags: readonly string[];
    /** Envoy's response code details. */
    readonly details: string;
    /** Headers of an answer that the proxy made itself. */
    readonly location: string | undefined;
  };
  /** What the proxy changed on the way upstream. */
  readonly changes: readonly HeadChange[];
  /** Null where it was not sent to a cluster. */
  readonly sent: SentExplanation | null;
  readonly attempts: readonly AttemptExplanation[];
  readonly draws: readonly Draw[];
  /** Over all requests of this text. */
  readonly distribution: Distribution;
}

export interface HeadChange {
  /** `path`, `host`, or a header's name. */
  readonly what: string;
  /** Null: it was not there, or is not any more. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface SentExplanation {
  readonly cluster: string;
  readonly policy: string;
  readonly timeout: Nanoseconds;
  readonly perTryTimeout: Nanoseconds;
  readonly retries: RetryPolicy;
  readonly priority: "default" | "high";
  /** Null where the policy cannot tell. */
  readonly balancing: BalancerView | null;
  /** Whole percent below which priorities panic. */
  readonly panicThreshold: number;
}

export interface AttemptExplanation {
  readonly cluster: string;
  /** Null: there was no host. */
  readonly host: HostFacts | null;
  /** A status, or why it was reset; null: it was not made. */
  readonly result: number | string | null;
}

export interface HostFacts {
  readonly address: string;
  readonly priority: number;
  readonly locality: Locality;
  readonly health: CoarseHealth;
  readonly weight: number;
}

/** Where requests went, beside where they go in the long run. */
export interface Distribution {
  readonly count: number;
  /** Of them those that came to their cluster, or that their route answers: of these the shares are. */
  readonly passed: number;
  /** Others, that a filter, a drop policy or maintenance answered before. */
  readonly early: readonly ShareRow[];
  readonly clusters: readonly ShareRow[];
  readonly priorities: readonly ShareRow[];
  readonly localities: readonly ShareRow[];
  readonly hosts: readonly ShareRow[];
}

export interface ShareRow {
  /** The cluster of a priority, locality or host. */
  readonly cluster: string;
  readonly name: string;
  readonly count: number;
  /** Share in the long run; null: cannot be computed. */
  readonly exact: number | null;
  /** Whether chance decides, or turns and hashes alone. */
  readonly isChance: boolean;
  /** Of a host: its weight and health as given; null for other rows. */
  readonly host: HostFacts | null;
}
