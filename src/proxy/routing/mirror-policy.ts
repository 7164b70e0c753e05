import type { Message } from "../../decode/message.ts";
import { portStart } from "../../http/authority.ts";
import { headerValues, type RequestHead } from "../../http/request-head.ts";
import { type Fraction, isInFraction, readRuntimeFraction } from "../runtime/fraction.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { StreamId } from "./route-match.ts";

/** A compiled `route.v3.RouteAction.RequestMirrorPolicy`. */
export interface MirrorPolicy {
  /** Undefined: every request is mirrored. */
  readonly fraction: Fraction | undefined;
  /** Where the copy goes; undefined: the request names no cluster. */
  clusterFor(head: RequestHead): string | undefined;
  /** The head of the copy, the same one for the same head. */
  copy(head: RequestHead): RequestHead;
}

/** The mirror policies of a route, a virtual host or a route configuration (Envoy 1.40, ShadowPolicyImpl). */
export function readMirrorPolicies(config: Message, runtime: Runtime): readonly MirrorPolicy[] {
  return config.messages("request_mirror_policies").map((policy) => readMirrorPolicy(policy, runtime));
}

function readMirrorPolicy(policy: Message, runtime: Runtime): MirrorPolicy {
  const fraction = policy.message("runtime_fraction");
  const cluster = policy.string("cluster");
  const clusterHeader = policy.string("cluster_header").toLowerCase();
  const host = policy.string("host_rewrite_literal");
  const keepsHost = policy.boolean("disable_shadow_host_suffix_append");
  const copies = new WeakMap<RequestHead, RequestHead>();
  return {
    fraction: fraction && readRuntimeFraction(fraction, runtime),
    clusterFor: (head) => cluster || headerValues(head, clusterHeader)[0] || undefined,
    copy: (head) => {
      let copied = copies.get(head);
      if (copied === undefined) {
        const authority = host || head.authority;
        copies.set(head, (copied = { ...head, authority: keepsHost ? authority : withSuffix(authority) }));
      }
      return copied;
    },
  };
}

/** Logs of the mirrored host show what is a copy (Envoy 1.40, ShadowWriterImpl). */
function withSuffix(host: string): string {
  const start = portStart(host);
  return start < 0 ? `${host}-shadow` : `${host.slice(0, start)}-shadow${host.slice(start)}`;
}

/** The copies that policies want of a request; null: none. Decided before its first attempt. */
export function wantedCopies(
  policies: readonly MirrorPolicy[],
  method: string,
  streamId: StreamId,
): readonly MirrorPolicy[] | null {
  if (method === "CONNECT") return null;
  let wanted: MirrorPolicy[] | null = null;
  for (const policy of policies)
    if (policy.fraction === undefined || isInFraction(policy.fraction, streamId))
      (wanted ??= []).push(policy);
  return wanted;
}
