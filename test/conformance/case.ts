import type { DistributionRule, Rules } from "../golden/compare/rules.ts";
import type { Hello } from "./client/client-hello.ts";

/** A message of Envoy's configuration, as its JSON form. */
export type Json = { readonly [name: string]: unknown };

/** What a scripted endpoint does with one request: the form of upstreams.json, which `meshsim probe` reads. */
export interface Behaviour {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body_bytes?: number;
  readonly delay_ms?: number;
  readonly hang?: boolean;
  readonly reset?: "before_headers" | "after_headers" | "after_data";
  readonly reset_kind?: "fin" | "rst";
  readonly h2_error?: number;
  readonly garbage?: boolean;
  readonly grpc_status?: number;
  /** Over TCP: answers at once, whatever comes, and then is silent. */
  readonly speaks_first?: boolean;
}

export interface Endpoint {
  readonly default?: Behaviour;
  readonly script?: readonly Behaviour[];
  readonly listen?: boolean;
  readonly accept_queue?: "full";
  readonly protocol?: "http1" | "http2" | "tcp";
  /** Gets copies of requests only. */
  readonly mirror?: boolean;
  /** Answers to health checks. gRPC content without `grpc_status` is the message SERVING. */
  readonly health?: { readonly default?: Behaviour; readonly script?: readonly Behaviour[] };
}

export interface Request {
  readonly n: number;
  /** Milliseconds after time 0, in a concurrent case. */
  readonly at_ms: number | null;
  readonly method: string;
  readonly authority: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body_bytes: number;
}

/** A connection of a case of TCP. */
export interface Connect {
  readonly n: number;
  readonly at_ms: number | null;
  readonly protocol: "tcp";
  readonly port: number;
  readonly source?: string;
  /** A PROXY header, sent first. */
  readonly proxy?: string;
  /** A ClientHello in the place of a line of text. */
  readonly tls?: Hello;
  /** False: nothing is sent. */
  readonly send?: boolean;
  /** Kept open for so long after the answer. */
  readonly hold_ms?: number;
  readonly read_ms?: number;
}

/** Which values of a field belong together where hosts are left to chance; the counts come with a recording. */
export type Groups = Pick<DistributionRule, "field" | "groups">;

/** What a kind of case makes; names of clusters and addresses come from its place, so that cases can share an Envoy. */
export interface CaseContent {
  readonly about: string;
  readonly mode: "sequential" | "concurrent";
  /** Between the end of one request and the start of the next of a sequential case. */
  readonly gapMs?: number;
  /** Between the last answer and the reading of statistics. */
  readonly settleMs?: number;
  readonly alsoRecorded: readonly string[];
  readonly upstreamHeaders?: readonly string[];
  /** Fields of the connection manager beside its routes, filters and access log. */
  readonly connectionManager?: Json;
  /** Before the router. */
  readonly httpFilters?: readonly Json[];
  /** Fields of the route configuration beside its name and virtual hosts. */
  readonly routeConfig?: Json;
  readonly virtualHosts: readonly Json[];
  /** Of a case of TCP: its own listeners, in the place of that with the virtual hosts. */
  readonly listeners?: readonly Json[];
  readonly clusters: readonly Json[];
  readonly runtime?: Json;
  /** Fields of the bootstrap that count for the whole process: such a case does not share its Envoy. */
  readonly process?: Json;
  readonly upstreams: Readonly<Record<string, Endpoint>>;
  readonly requests: readonly Request[] | readonly Connect[];
  readonly rules: Rules;
  /** Ends of the names of statistics that are compared, in the place of those of `compared-stats.ts`. */
  readonly stats?: readonly string[];
  readonly groups?: Groups;
  /** Ends of the names of statistics that chance decides. */
  readonly chanceStats?: readonly string[];
}

/** Where a case lives in the Envoy that it shares with others. */
export interface Place {
  /** Begins the names of its clusters, and is the prefix of its statistics. */
  readonly name: string;
  readonly listener: { readonly address: string; readonly port: number };
  readonly admin: { readonly address: string; readonly port: number };
  /** `127.x.y.HOST:PORT`; HOST from 1 to 250. */
  readonly host: (host: number) => { readonly address: string; readonly port: number };
}

/** Whether a case opens connections and sends no requests. */
export function isOfTcp({ content }: ConformanceCase): boolean {
  return content.listeners !== undefined;
}

export interface ConformanceCase {
  /** `KIND-SEED-NUMBER`. */
  readonly id: string;
  readonly kind: string;
  readonly place: Place;
  readonly content: CaseContent;
}
