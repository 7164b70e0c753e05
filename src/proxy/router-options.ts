import type { Message } from "../decode/message.ts";

/** Options of `envoy.filters.http.router`, as far as they can change what happens to requests. */
export interface RouterOptions {
  /** Neither requests nor answers get `x-envoy-*` headers, the attempt count excepted. */
  readonly suppressesEnvoyHeaders: boolean;
  /** A request's `x-envoy-expected-rq-timeout-ms` is its time limit. */
  readonly respectsExpectedTimeout: boolean;
  /** Request headers that must be well formed where they are present. */
  readonly strictHeaders: readonly string[];
}

export const DEFAULT_ROUTER_OPTIONS: RouterOptions = Object.freeze({
  suppressesEnvoyHeaders: false,
  respectsExpectedTimeout: false,
  strictHeaders: [],
});

/** Reads an `envoy.extensions.filters.http.router.v3.Router`. */
export function readRouterOptions(router: Message): RouterOptions {
  // Asking for its type says that the router is simulated, also where no option is given.
  router.string("@type");
  return Object.freeze({
    suppressesEnvoyHeaders: router.boolean("suppress_envoy_headers"),
    respectsExpectedTimeout: router.boolean("respect_expected_rq_timeout"),
    strictHeaders: router.strings("strict_check_headers").map((name) => name.toLowerCase()),
  });
}
