import type { JsonObject } from "../../decode/message.ts";
import { at, items, object, text } from "../json-access.ts";
import type { Checks, Context } from "./context.ts";

/** Source: source/common/tcp_proxy/tcp_proxy.cc of Envoy 1.40. */
export const tcpProxyChecks: Checks = {
  "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy": (proxy, path, context) => {
    checkBackOff(proxy, path, context);
    checkEarlyData(proxy, path, context);
    checkAccessLogOptions(proxy, path, context);
    checkTunnel(proxy, path, context);
    checkProxyProtocol(proxy, path, context);
  },
};

function checkBackOff(proxy: JsonObject, path: string, { report }: Context): void {
  const options = object(proxy, "backoff_options");
  const [base, max] = [options?.base_interval, options?.max_interval];
  if (typeof base !== "string" || typeof max !== "string") return;
  if (Number.parseFloat(max) >= Number.parseFloat(base)) return;
  report.error(
    "out-of-range",
    `${path}.backoff_options.max_interval`,
    `max_interval (${max}) must not be shorter than base_interval (${base})`,
  );
}

function checkEarlyData(proxy: JsonObject, path: string, { report }: Context): void {
  const mode = text(proxy, "upstream_connect_mode");
  if (mode === "" || mode === "IMMEDIATE" || at(proxy, "max_early_data_bytes") !== undefined) return;
  report.error(
    "required",
    `${path}.upstream_connect_mode`,
    `${mode} needs max_early_data_bytes`,
    "add max_early_data_bytes: 0, or a number of bytes to read ahead",
  );
}

function checkAccessLogOptions(proxy: JsonObject, path: string, { report }: Context): void {
  if (object(proxy, "access_log_options") === undefined) return;
  for (const field of ["flush_access_log_on_connected", "access_log_flush_interval"]) {
    if (proxy[field] === undefined || proxy[field] === false) continue;
    report.error(
      "not-possible-here",
      `${path}.${field}`,
      `${field} and access_log_options exclude one another`,
      "say it in access_log_options",
    );
  }
}

function checkTunnel(proxy: JsonObject, path: string, { report }: Context): void {
  const tunnel = object(proxy, "tunneling_config");
  if (tunnel === undefined || text(tunnel, "post_path") === "" || tunnel.use_post === true) return;
  report.error(
    "not-possible-here",
    `${path}.tunneling_config.post_path`,
    "a post_path needs use_post",
    "add use_post: true, or leave post_path out",
  );
}

function checkProxyProtocol(proxy: JsonObject, path: string, { report }: Context): void {
  for (const [tlv, where] of items(proxy, path, "proxy_protocol_tlvs")) {
    const hasValue = text(tlv, "value") !== "";
    if (hasValue !== (tlv.format_string !== undefined)) continue;
    const message = "a TLV needs either value or format_string";
    report.error("required", where, hasValue ? `${message}, not both` : message);
  }
}
