import { RE2JS } from "re2js";
import type { Message } from "../../../../decode/message.ts";
import { SECOND } from "../../../../kernel/time.ts";
import type { CookieOptions } from "./generated-cookie.ts";
import {
  type HashPart,
  hashCookie,
  hashFilterState,
  hashHeader,
  hashQueryParameter,
  hashSourceIp,
  type Rewrite,
} from "./hashed-parts.ts";
import { RequestHash } from "./request-hash.ts";

/** Reads `hash_policy` of a route, of a cluster's HTTP options or of a balancer: `route.v3.RouteAction.HashPolicy`. */
export function readHashPolicies(policies: readonly Message[]): RequestHash {
  const read = policies.map((policy) => {
    const hash = readPart(policy);
    return hash && { isTerminal: policy.boolean("terminal"), hash };
  });
  return new RequestHash(read.filter((policy) => policy !== undefined));
}

/** Undefined for what Envoy leaves out: connection properties that name none. */
function readPart(policy: Message): HashPart | undefined {
  switch (policy.which("header", "cookie", "connection_properties", "query_parameter", "filter_state")) {
    case "header":
      return readHeader(policy.message("header")!);
    case "cookie":
      return hashCookie(readCookie(policy.message("cookie")!));
    case "connection_properties":
      return policy.message("connection_properties")!.boolean("source_ip") ? hashSourceIp : undefined;
    case "query_parameter":
      return hashQueryParameter(policy.message("query_parameter")!.string("name"));
    case "filter_state":
      return hashFilterState(policy.message("filter_state")!.string("key"));
    default:
      return undefined;
  }
}

function readHeader(header: Message): HashPart {
  return hashHeader(header.string("header_name").toLowerCase(), readRewrite(header.message("regex_rewrite")));
}

function readRewrite(rewrite: Message | undefined): Rewrite | null {
  if (rewrite === undefined) return null;
  const regex = RE2JS.compile(rewrite.message("pattern")?.string("regex") ?? "");
  return { regex, substitution: rewrite.string("substitution") };
}

function readCookie(cookie: Message): CookieOptions {
  const ttl = cookie.duration("ttl");
  return {
    name: cookie.string("name"),
    path: cookie.string("path"),
    ttlSeconds: ttl === undefined ? null : Math.trunc(ttl / SECOND),
    attributes: cookie.messages("attributes").map((attribute) => ({
      name: attribute.string("name"),
      value: attribute.string("value"),
    })),
  };
}
