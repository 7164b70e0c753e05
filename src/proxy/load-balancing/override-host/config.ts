import type { Message } from "../../../decode/message.ts";
import type { LoadBalancingPolicy } from "../policy.ts";
import { OverrideHost, type OverrideSource } from "./override-host.ts";

export const overrideHost: LoadBalancingPolicy = {
  name: "envoy.load_balancing_policies.override_host",
  typeName: "envoy.extensions.load_balancing_policies.override_host.v3.OverrideHost",
  about: {
    summary: "the host that the request names in a header or in metadata, otherwise another policy",
    draws: "none for a named host, else those of the inner policy",
    looksAt: ["request headers"],
  },
  configure(options, readChild) {
    const sources = options.messages("override_host_sources").flatMap(readSources);
    const makeFallback = readChild(options.message("fallback_policy"));
    return (deps) => new OverrideHost(deps, sources, makeFallback(deps));
  },
};

/** One message may name both a header and metadata; Envoy looks at the header first. */
function readSources(source: Message): OverrideSource[] {
  const sources: OverrideSource[] = [];
  const header = source.string("header");
  if (header !== "") sources.push({ header: header.toLowerCase() });
  const metadata = source.message("metadata");
  if (metadata !== undefined)
    sources.push({
      namespace: metadata.string("key"),
      path: metadata.messages("path").map((segment) => segment.string("key")),
    });
  return sources;
}
