import type { Message } from "../decode/message.ts";
import type { Connection } from "../network/connection.ts";
import type { TlsOptions } from "../network/tls.ts";
import type { HttpConnectionManagerConfig } from "./listener-config.ts";
import type { NetworkFilterConfig } from "./network-filter/network-filter.ts";
import { readNetworkFilters } from "./network-filter/network-filters.ts";
import type { PeerCertificate } from "./routing/peer-certificate.ts";
import type { Runtime } from "./runtime/runtime.ts";
import { readTcpProxy, TCP_PROXY, type TcpProxyConfig } from "./tcp-proxy/tcp-proxy-config.ts";
import { readDownstreamTls } from "./tls/tls-options.ts";

const HTTP_CONNECTION_MANAGER =
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";

/** A filter chain of a listener. */
export interface FilterChainConfig {
  /** Empty: it has none. */
  readonly name: string;
  readonly path: string;
  /** What it asks of connections; null: plain text. */
  readonly tls: DownstreamTls | null;
  /** What serves its connections; undefined: they are closed, for nothing else is simulated. */
  readonly terminal: TerminalConfig | undefined;
  /** The filters before that, in their order. */
  readonly filters: readonly NetworkFilterConfig[];
}

/** The network filter that ends a chain. */
export type TerminalConfig =
  | { readonly kind: "http"; readonly config: HttpConnectionManagerConfig }
  | { readonly kind: "tcp"; readonly config: TcpProxyConfig };

/** What counts of a `DownstreamTlsContext`. */
export interface DownstreamTls {
  readonly options: TlsOptions;
  readonly requiresCertificate: boolean;
  /** What becomes known of the certificate of a client that has one. */
  readonly certificate: PeerCertificate;
}

/** Reads a `listener.v3.FilterChain`. */
export function readFilterChain(
  chain: Message,
  runtime: Runtime,
  readManager: (manager: Message, tls: DownstreamTls | null) => HttpConnectionManagerConfig,
): FilterChainConfig {
  const tls = readTls(chain.message("transport_socket"));
  const filters = chain.messages("filters");
  const last = filters.at(-1)?.message("typed_config");
  const terminal = last && readTerminal(last, tls, readManager);
  return {
    name: chain.string("name"),
    path: chain.path,
    tls,
    terminal,
    filters: terminal === undefined ? [] : readNetworkFilters(filters.slice(0, -1), runtime),
  };
}

function readTerminal(
  config: Message,
  tls: DownstreamTls | null,
  readManager: (manager: Message, tls: DownstreamTls | null) => HttpConnectionManagerConfig,
): TerminalConfig | undefined {
  switch (config.typeName) {
    case HTTP_CONNECTION_MANAGER:
      return { kind: "http", config: readManager(config, tls) };
    case TCP_PROXY:
      return { kind: "tcp", config: readTcpProxy(config, tls !== null) };
    default:
      return undefined;
  }
}

/**
 * A client is asked for its certificate where there is something to validate it by, or where one is required.
 * Keys and certificates themselves have no part in the simulation: what is there is valid (Envoy 1.40,
 * source/common/tls/cert_validator/default_validator.cc).
 */
function readTls(transportSocket: Message | undefined): DownstreamTls | null {
  const options = readDownstreamTls(transportSocket);
  if (options === undefined) return null;
  const context = transportSocket!.message("typed_config")!;
  const requiresCertificate = context.boolean("require_client_certificate");
  const common = context.message("common_tls_context");
  // What stands in these is read as a whole.
  for (const field of [
    "tls_certificates",
    "tls_certificate_sds_secret_configs",
    "tls_params",
    "alpn_protocols",
  ])
    common?.raw(field);
  const validates = VALIDATION.filter((field) => common?.raw(field) !== undefined).length > 0;
  return {
    options,
    requiresCertificate,
    certificate: validates ? "validated" : requiresCertificate ? "presented" : "none",
  };
}

/** What is known of the certificate of who has opened a connection. */
export function certificateOf({ hello }: Connection, tls: DownstreamTls | null): PeerCertificate {
  if (tls === null || hello === null) return "none";
  // Who speaks as the listener wants has a certificate where one is needed.
  const hasCertificate = hello.isOptional ? tls.requiresCertificate : hello.hasCertificate;
  return hasCertificate ? tls.certificate : "none";
}

/** Where a `CommonTlsContext` says how to validate. */
const VALIDATION = [
  "validation_context",
  "validation_context_sds_secret_config",
  "combined_validation_context",
] as const;
