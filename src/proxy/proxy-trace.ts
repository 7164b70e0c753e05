import type { BalancedRequest } from "./balanced-request.ts";
import type { Host } from "./cluster/host.ts";
import type { Exchange } from "./exchange.ts";
import type { PeerCertificate } from "./routing/peer-certificate.ts";
import type { RequestOrigin } from "./routing/request-hash.ts";
import type { RouteTable } from "./routing/route-table.ts";

/** Told of what a proxy decides about each request, for explanations; ordinary runs have none. It changes nothing. */
export interface ProxyTrace {
  /** This route table has answered: `exchange.match`, for `exchange.head` and this certificate. */
  routed(exchange: Exchange, routes: RouteTable, certificate: PeerCertificate, origin: RequestOrigin): void;
  /** An attempt is to go to this host, or there is none. */
  hostChosen(request: BalancedRequest, host: Host | null): void;
  /** An attempt has its answer, or will get none. `result`: a status, or why it was reset. */
  attemptEnded(request: BalancedRequest, host: Host, result: number | string): void;
  /** The request is over; status 0: its client has gone, or its answer broke off. */
  ended(exchange: Exchange, status: number): void;
}
