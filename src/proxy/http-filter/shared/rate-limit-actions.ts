import type { Json, Message } from "../../../decode/message.ts";
import { queryParameter } from "../../../http/query-parameter.ts";
import type { DescriptorEntry } from "../../../http/rate-limit-call.ts";
import { headerValues, type RequestHead } from "../../../http/request-head.ts";
import type { FilterReading } from "../http-filter.ts";

/** What descriptors are made of. */
export interface DescriptorSource {
  readonly head: RequestHead;
  readonly routedCluster: string | null;
  /** Address of the client, without its port. */
  readonly remoteIp: string;
  /** `node.cluster` of the bootstrap. */
  readonly nodeCluster: string;
}

/** "absent": the whole descriptor is left out; "skip": only this entry is. */
export type ActionResult = DescriptorEntry | "absent" | "skip";

/** A compiled `route.v3.RateLimit.Action` (Envoy 1.40, source/common/router/router_ratelimit.cc). */
export type RateLimitAction = (source: DescriptorSource) => ActionResult;

/** A kind of action that is not simulated leaves the descriptor out; its fields are not read and so reported. */
export function compileRateLimitAction(action: Message, reading: FilterReading): RateLimitAction {
  const kind = action.which(...(Object.keys(COMPILERS) as (keyof typeof COMPILERS)[]));
  return kind === undefined ? () => "absent" : COMPILERS[kind](action.message(kind)!, reading);
}

const COMPILERS = {
  source_cluster: () => (source) => ({ key: "source_cluster", value: source.nodeCluster }),
  destination_cluster: () => (source) =>
    source.routedCluster === null ? "absent" : { key: "destination_cluster", value: source.routedCluster },
  request_headers: (action) => {
    const name = action.string("header_name").toLowerCase();
    return entryOf(action, "", (source) => headerValues(source.head, name)[0]);
  },
  query_parameters: (action) => {
    const name = action.string("query_parameter_name");
    return entryOf(action, "query_param", (source) => queryParameter(source.head, name));
  },
  remote_address: () => (source) => ({ key: "remote_address", value: source.remoteIp }),
  generic_key: (action) => {
    const key = action.string("descriptor_key") || "generic_key";
    return whenFits(action, key, () => true);
  },
  header_value_match: (action, reading) => {
    const fits = reading.compileHeaderMatchers(action.messages("headers"));
    return matchAction(action, "header_match", fits);
  },
  query_parameter_value_match: (action, reading) => {
    const fits = reading.compileQueryMatchers(action.messages("query_parameters"));
    return matchAction(action, "query_match", fits);
  },
} satisfies Record<string, (action: Message, reading: FilterReading) => RateLimitAction>;

function entryOf(
  action: Message,
  defaultKey: string,
  valueOf: (source: DescriptorSource) => string | undefined,
): RateLimitAction {
  const key = action.string("descriptor_key") || defaultKey;
  const missing = action.boolean("skip_if_absent") ? "skip" : "absent";
  return (source) => {
    const value = valueOf(source);
    return value === undefined ? missing : { key, value };
  };
}

function matchAction(
  action: Message,
  defaultKey: string,
  fits: (head: RequestHead) => boolean,
): RateLimitAction {
  const key = action.string("descriptor_key") || defaultKey;
  const wanted = action.boolean("expect_match", true);
  return whenFits(action, key, (head) => fits(head) === wanted);
}

/** The configured value, for requests that fit. */
function whenFits(action: Message, key: string, fits: (head: RequestHead) => boolean): RateLimitAction {
  const valueOf = readValue(action);
  return (source) => {
    const value = fits(source.head) ? valueOf(source.head) : "";
    return value === "" ? "absent" : { key, value };
  };
}

/**
 * `descriptor_value`, of whose format commands only `%REQ(NAME)%` is simulated; a value with another one is not
 * read, and so reported.
 */
function readValue(action: Message): (head: RequestHead) => string {
  const configured: Json | undefined = action.json.descriptor_value;
  const text = typeof configured === "string" ? configured : "";
  const parts = text.split(/%REQ\(([^)]+)\)%/i);
  if (parts.some((part, index) => index % 2 === 0 && part.includes("%"))) return () => "";
  action.string("descriptor_value");
  const otherwise = action.string("default_value");
  if (parts.length === 1) return () => text || otherwise;
  return (head) => {
    const filled = parts.map((part, index) => (index % 2 === 0 ? part : headerText(head, part))).join("");
    return filled || otherwise;
  };
}

/** `NAME`, or `NAME?OTHER` for the case that it is missing. */
function headerText(head: RequestHead, names: string): string {
  for (const name of names.split("?")) {
    const value = headerValues(head, name.toLowerCase())[0];
    if (value !== undefined) return value;
  }
  return "";
}
