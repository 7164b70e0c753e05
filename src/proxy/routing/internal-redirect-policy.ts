import type { Message } from "../../decode/message.ts";

const DEFAULT_CODES: readonly number[] = [302];
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
const PASS_THROUGH: string = "PASS_THROUGH_INTERNAL_REDIRECT";
const PREDICATES = "envoy.extensions.internal_redirect";

/**
 * Whether a redirect may lead to a route. `previous-routes`: not twice to the same one from this route;
 * `allow-listed`: to these only; `safe-cross-scheme`: not from HTTP to HTTPS.
 */
export type RedirectPredicate =
  | { readonly kind: "previous-routes" }
  | { readonly kind: "allow-listed"; readonly routes: readonly string[] }
  | { readonly kind: "safe-cross-scheme" };

/** A compiled `route.v3.InternalRedirectPolicy`: which answers are followed by the proxy itself. */
export interface InternalRedirectPolicy {
  readonly codes: readonly number[];
  /** Redirects of one request. */
  readonly max: number;
  /** In their order: each is asked only if those before it agree. */
  readonly predicates: readonly RedirectPredicate[];
  readonly allowsCrossScheme: boolean;
  /** Headers of the answer that the redirected request takes over, in lower case. */
  readonly headersToCopy: readonly string[];
}

/** That of a `route.v3.RouteAction`, in the new form or the old one (Envoy 1.40, InternalRedirectPolicyImpl). */
export function readInternalRedirectPolicy(action: Message): InternalRedirectPolicy | undefined {
  const policy = action.message("internal_redirect_policy");
  if (policy !== undefined) return readPolicy(policy);
  const isHandled = action.enum("internal_redirect_action", PASS_THROUGH) === "HANDLE_INTERNAL_REDIRECT";
  const max = action.number("max_internal_redirects", 1);
  if (!isHandled) return undefined;
  return { codes: DEFAULT_CODES, max, predicates: [], allowsCrossScheme: false, headersToCopy: [] };
}

function readPolicy(policy: Message): InternalRedirectPolicy {
  const codes = policy.numbers("redirect_response_codes");
  return {
    codes: codes.length === 0 ? DEFAULT_CODES : codes.filter((code) => REDIRECTS.includes(code)),
    max: policy.number("max_internal_redirects", 1),
    predicates: policy.messages("predicates").flatMap(readPredicate),
    allowsCrossScheme: policy.boolean("allow_cross_scheme_redirect"),
    headersToCopy: policy.strings("response_headers_to_copy").map((name) => name.toLowerCase()),
  };
}

function readPredicate(predicate: Message): RedirectPredicate[] {
  predicate.string("name");
  const config = predicate.message("typed_config");
  // Asking for its type says that it is simulated, also where it has no field.
  config?.string("@type");
  switch (config?.typeName) {
    case `${PREDICATES}.previous_routes.v3.PreviousRoutesConfig`:
      return [{ kind: "previous-routes" }];
    case `${PREDICATES}.allow_listed_routes.v3.AllowListedRoutesConfig`:
      return [{ kind: "allow-listed", routes: config.strings("allowed_route_names") }];
    case `${PREDICATES}.safe_cross_scheme.v3.SafeCrossSchemeConfig`:
      return [{ kind: "safe-cross-scheme" }];
    default:
      return [];
  }
}
