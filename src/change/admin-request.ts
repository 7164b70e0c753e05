import type { DrainManager, DrainRequest } from "../proxy/draining/drain-manager.ts";

/** What an operator posts to the admin interface of a proxy. */
export type AdminRequest =
  | { readonly kind: "healthcheck"; readonly fails: boolean }
  | ({ readonly kind: "drain_listeners" } & DrainRequest);

/** Posts it; false: the process is down, and nobody answers. */
export function postAdminRequest(manager: DrainManager, request: AdminRequest): boolean {
  if (!manager.isRunning) return false;
  if (request.kind === "healthcheck") manager.failHealthCheck(request.fails);
  else manager.drainListeners(request);
  return true;
}
