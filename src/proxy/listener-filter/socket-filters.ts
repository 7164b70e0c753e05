import type { Message } from "../../decode/message.ts";
import { type Nanoseconds, SECOND } from "../../kernel/time.ts";
import { timerDuration } from "../cluster/timer-duration.ts";

/** A listener filter that looks at the first bytes of a connection. */
export type SocketFilter =
  | { readonly kind: "proxy-protocol"; readonly allowsNone: boolean }
  | { readonly kind: "tls-inspector" }
  | { readonly kind: "http-inspector" };

/** The listener filters that wait for bytes, in their order, and how long all of them together may wait. */
export interface SocketFilters {
  readonly filters: readonly SocketFilter[];
  /** 0: for ever. */
  readonly timeout: Nanoseconds;
  /** Whether a connection goes on with what is known when that is over; otherwise it is closed. */
  readonly continuesOnTimeout: boolean;
}

const PREFIX = "envoy.extensions.filters.listener.";
const DEFAULT_TIMEOUT: Nanoseconds = 15 * SECOND;

/** Reads those of a `listener.v3.Listener`; null: it has none. */
export function readSocketFilters(listener: Message): SocketFilters | null {
  const filters = listener.messages("listener_filters").flatMap((filter) => {
    const config = filter.message("typed_config");
    return config === undefined ? [] : (readSocketFilter(config) ?? []);
  });
  if (filters.length === 0) return null;
  return {
    filters,
    timeout: timerDuration(listener, "listener_filters_timeout", DEFAULT_TIMEOUT),
    continuesOnTimeout: listener.boolean("continue_on_listener_filters_timeout"),
  };
}

function readSocketFilter(config: Message): SocketFilter | undefined {
  switch (config.typeName) {
    case `${PREFIX}proxy_protocol.v3.ProxyProtocol`:
      // Asking for the type says that it is simulated, also where it has no fields.
      config.string("@type");
      return { kind: "proxy-protocol", allowsNone: config.boolean("allow_requests_without_proxy_protocol") };
    case `${PREFIX}tls_inspector.v3.TlsInspector`:
      return { kind: "tls-inspector" };
    case `${PREFIX}http_inspector.v3.HttpInspector`:
      return { kind: "http-inspector" };
    default:
      return undefined;
  }
}
