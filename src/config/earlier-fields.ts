/** Fields of Envoy's v2 API that still are found in files, and what took their place. */
export const earlierFields: Readonly<Record<string, { readonly now: string; readonly remedy: string }>> = {
  hosts: {
    now: "load_assignment",
    remedy: "this is Envoy's v2 API: list the hosts in load_assignment.endpoints",
  },
  config: { now: "typed_config", remedy: 'this is Envoy\'s v2 API: use typed_config with an "@type"' },
  tls_context: {
    now: "transport_socket",
    remedy: "this is Envoy's v2 API: use transport_socket with a typed_config",
  },
  use_original_dst: {
    now: "listener_filters",
    remedy: "this is Envoy's v2 API: use the listener filter original_dst",
  },
  runtime: { now: "layered_runtime", remedy: "this is Envoy's v2 API: use layered_runtime" },
  regex: { now: "safe_regex", remedy: "this is Envoy's v2 API: use safe_regex: { regex: ... }" },
};
