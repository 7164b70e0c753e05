import type { Json, JsonObject, Message } from "../../decode/message.ts";
import type { Host } from "../cluster/host.ts";
import { hasAll } from "../cluster/metadata-value.ts";

/** Keeps a retry away from some hosts; `attempted` are those that the request has been sent to. */
export type HostPredicate = (host: Host, attempted: readonly Host[]) => boolean;

const PREFIX = "envoy.extensions.retry.host.";

/** Whether a retry rejects this host; the last one that it may pick is taken even so. */
export function isRejected(
  predicates: readonly HostPredicate[],
  host: Host,
  attempted: readonly Host[],
): boolean {
  return predicates.some((rejects) => rejects(host, attempted));
}

/**
 * Reads `retry_host_predicate` of a retry policy (Envoy 1.40, source/extensions/retry/host). A predicate that is
 * not modelled stays unread, and so is reported.
 */
export function readHostPredicates(policy: Message): readonly HostPredicate[] {
  return policy.messages("retry_host_predicate").flatMap((predicate) => {
    const type = typeOf(predicate.json.typed_config);
    if (type === `${PREFIX}previous_hosts.v3.PreviousHostsPredicate`)
      return [marked(predicate, previousHosts)];
    if (type === `${PREFIX}omit_canary_hosts.v3.OmitCanaryHostsPredicate`)
      return [marked(predicate, canaryHosts)];
    if (type === `${PREFIX}omit_host_metadata.v3.OmitHostMetadataConfig`)
      return [readOmitMetadata(predicate)];
    return [];
  });
}

function typeOf(config: Json | undefined): string {
  const url = (config as JsonObject | undefined)?.["@type"];
  return typeof url === "string" ? url.slice(url.lastIndexOf("/") + 1) : "";
}

/** Marks a predicate without options as read. */
function marked(message: Message, predicate: HostPredicate): HostPredicate {
  message.string("name");
  message.message("typed_config")?.has("@type");
  return predicate;
}

function previousHosts(host: Host, attempted: readonly Host[]): boolean {
  return attempted.includes(host);
}

function canaryHosts({ isCanary }: Host): boolean {
  return isCanary;
}

/** Rejects hosts that have all of these pairs; none are given: no host. */
function readOmitMetadata(message: Message): HostPredicate {
  message.string("name");
  const match = message.message("typed_config")?.message("metadata_match")?.message("filter_metadata");
  const pairs = Object.entries((match?.raw("envoy.lb") as JsonObject | undefined) ?? {});
  return ({ endpoint }) => pairs.length > 0 && hasAll(endpoint.metadata, pairs, true);
}
