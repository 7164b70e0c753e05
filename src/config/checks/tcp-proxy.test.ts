import { expect, test } from "vitest";
import { read } from "../test-kit.suite.ts";

function messagesOf(more: string): string[] {
  const text = `
static_resources:
  listeners:
  - address: { socket_address: { address: 127.0.0.1, port_value: 5432 } }
    filter_chains:
    - filters:
      - name: tcp
        typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, stat_prefix: t, ${more} }
  clusters: [ { name: db, connect_timeout: 1s } ]
`;
  return read(text).problems.map(
    ({ severity, code, path }) => `${severity} ${code} ${path?.replace(/^.*typed_config\.?/, "")}`,
  );
}

/** The verdicts are those of envoy --mode validate, version 1.40.0. */
test.each([
  ["cluster: db", []],
  ["cluster: nobody", []],
  ["cluster: db, idle_timeout: 0s", []],
  ["cluster: db, backoff_options: { base_interval: 1s, max_interval: 1s }", []],
  [
    "cluster: db, backoff_options: { base_interval: 1s, max_interval: 0.5s }",
    ["error out-of-range backoff_options.max_interval"],
  ],
  ["cluster: db, upstream_connect_mode: ON_DOWNSTREAM_DATA", ["error required upstream_connect_mode"]],
  ["cluster: db, upstream_connect_mode: ON_DOWNSTREAM_DATA, max_early_data_bytes: 0", []],
  [
    "cluster: db, access_log_options: {}, access_log_flush_interval: 1s",
    ["error not-possible-here access_log_flush_interval"],
  ],
  [
    "cluster: db, access_log_options: {}, flush_access_log_on_connected: true",
    ["error not-possible-here flush_access_log_on_connected"],
  ],
  [
    "cluster: db, tunneling_config: { hostname: a, post_path: /x }",
    ["error not-possible-here tunneling_config.post_path"],
  ],
  ["cluster: db, proxy_protocol_tlvs: [ { type: 1 } ]", ["error required proxy_protocol_tlvs[0]"]],
])("%s", (more, expected) => {
  expect(messagesOf(more).filter((message) => message.startsWith("error"))).toEqual(expected);
});
