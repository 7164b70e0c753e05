import { isIP } from "node:net";
import type { JsonObject } from "../../decode/message.ts";
import { messageType } from "../descriptors.ts";
import { at, items, number, object, text } from "../json-access.ts";
import { anyType } from "../walk-messages.ts";
import type { Checks, Context } from "./context.ts";
import { checkFilterChainMatches } from "./filter-chains.ts";

/** Sources: source/common/listener_manager/listener_impl.cc, listener_manager_impl.cc of Envoy 1.40. */
export const listenerChecks: Checks = {
  "envoy.config.listener.v3.Listener": (listener, path, context) => {
    if (listener.api_listener !== undefined) return;
    checkAddress(listener, path, context);
    checkFilterChains(listener, path, context);
    checkFilterChainMatches(listener, path, context);
  },
  "envoy.config.listener.v3.FilterChain": (chain, path, context) => checkNetworkFilters(chain, path, context),
};

function checkAddress(listener: JsonObject, path: string, { report, bootstrap }: Context): void {
  if (listener.internal_listener !== undefined) {
    const extensions = items(bootstrap, "", "bootstrap_extensions");
    if (extensions.some(([one]) => anyType(object(one, "typed_config") ?? {}).endsWith(".InternalListener")))
      return;
    const remedy =
      "add envoy.extensions.bootstrap.internal_listener.v3.InternalListener to bootstrap_extensions";
    report.error(
      "missing-extension",
      `${path}.internal_listener`,
      "an internal listener needs a bootstrap extension",
      remedy,
    );
    return;
  }
  const socket = object(listener, "address", "socket_address");
  if (at(listener, "address") === undefined) {
    const remedy = "add address: { socket_address: { address: 0.0.0.0, port_value: ... } }";
    report.error("missing-address", path, `the listener ${label(listener)} has no address`, remedy);
  }
  if (socket === undefined) return;
  const [host, where] = [text(socket, "address"), `${path}.address.socket_address`];
  if (isIP(host) === 0 && host !== "" && text(socket, "resolver_name") === "") {
    report.error(
      "bad-address",
      `${where}.address`,
      `"${host}" is not an IP address`,
      "a listener needs one, such as 0.0.0.0 or 127.0.0.1",
    );
  }
  if (socket.ipv4_compat === true && isIP(host) === 4) {
    report.error(
      "not-possible-here",
      `${where}.ipv4_compat`,
      "ipv4_compat is only possible with an IPv6 address such as ::",
    );
  }
}

function checkFilterChains(listener: JsonObject, path: string, { report }: Context): void {
  const chains = items(listener, path, "filter_chains");
  const udp = text(listener, "address", "socket_address", "protocol") === "UDP";
  const unusual = udp || listener.default_filter_chain !== undefined;
  if (chains.length === 0 && !unusual) {
    report.error(
      "too-few",
      path,
      `the listener ${label(listener)} has no filter chains`,
      "add filter_chains",
    );
  }
  if (udp && chains.length > 0 && object(listener, "udp_listener_config", "quic_options") === undefined) {
    const message = "a listener on UDP without QUIC has no connections for filter_chains";
    report.error("not-possible-here", `${path}.filter_chains`, message, "use listener_filters");
  }
  for (const [chain, where] of chains) if (!udp) refuseHttp3(chain, where, report);
}

function refuseHttp3(chain: JsonObject, path: string, report: Context["report"]): void {
  for (const [filter, where] of items(chain, path, "filters")) {
    if (text(filter, "typed_config", "codec_type") !== "HTTP3") continue;
    report.error(
      "not-possible-here",
      `${where}.typed_config.codec_type`,
      "HTTP3 needs a listener on UDP with QUIC",
    );
  }
}

/** Network filters that take the connection over; source/extensions/filters/network. */
const TERMINAL =
  /^envoy\.extensions\.filters\.network\.(http_connection_manager|tcp_proxy|redis_proxy|thrift_proxy|dubbo_proxy|generic_proxy|echo|direct_response|reverse_tunnel)\.v3\.[^.]+$/;
/** They may or may not take it over. */
const UNDECIDED = /\.(dynamic_modules|wasm|golang)\./;

function checkNetworkFilters(chain: JsonObject, path: string, { report }: Context): void {
  const filters = items(chain, path, "filters");
  for (const [index, [filter, where]] of filters.entries()) {
    const type = anyType(object(filter, "typed_config") ?? {});
    const last = index === filters.length - 1;
    const name = text(filter, "name") || type;
    if (TERMINAL.test(type) && !last) {
      report.error(
        "filter-order",
        where,
        `"${name}" takes the connection over and must be the last network filter`,
        "move it to the end",
      );
    } else if (
      last &&
      !TERMINAL.test(type) &&
      isNetworkFilter(type) &&
      filter.config_discovery === undefined
    ) {
      const remedy = "add the HTTP connection manager or a tcp_proxy as the last one";
      report.error(
        "filter-order",
        where,
        `"${name}" cannot be the last network filter: nothing takes the connection over`,
        remedy,
      );
    }
  }
}

function isNetworkFilter(type: string): boolean {
  return (
    type.startsWith("envoy.extensions.filters.network.") &&
    messageType(type) !== undefined &&
    !UNDECIDED.test(type)
  );
}

/** Two listeners of different names cannot share an address; of equal names the later replaces the earlier. */
export function checkListeners({ bootstrap, report }: Context): void {
  const owners = new Map<string, string>();
  for (const [listener, path] of items(bootstrap.static_resources, "static_resources", "listeners")) {
    const name = text(listener, "name");
    for (const [address, where] of addressesOf(listener, path)) {
      const owner = owners.get(address);
      owners.set(address, name);
      if (owner === undefined || (owner === name && name !== "")) continue;
      const message = `the listener ${label(listener)} has the address of the listener "${owner}"`;
      report.error("duplicate-address", where, message, "give each its own port");
    }
  }
}

/** Address, port and protocol of the sockets with a fixed port. */
function addressesOf(listener: JsonObject, path: string): [address: string, path: string][] {
  const additional = items(listener, path, "additional_addresses");
  const all: [JsonObject, string][] = [[listener, path], ...additional];
  return all.flatMap(([holder, where]): [string, string][] => {
    const socket = object(holder, "address", "socket_address");
    const port = number(socket, "port_value") ?? 0;
    if (port === 0 || listener.bind_to_port === false) return [];
    const parts = [
      text(socket, "protocol"),
      text(socket, "network_namespace_filepath"),
      text(socket, "address"),
      port,
    ];
    return [[parts.join(" "), `${where}.address`]];
  });
}

function label(listener: JsonObject): string {
  return `"${text(listener, "name")}"`;
}
