import type { RequestHead } from "../../http/request-head.ts";
import type { BalancedRequest, SentRequest } from "../../proxy/balanced-request.ts";
import type { Host } from "../../proxy/cluster/host.ts";
import { localityKey } from "../../proxy/cluster/locality.ts";
import type { Exchange } from "../../proxy/exchange.ts";
import type { BalancerView } from "../../proxy/load-balancing/balancer-view.ts";
import type { ProxyTrace } from "../../proxy/proxy-trace.ts";
import type { PeerCertificate } from "../../proxy/routing/peer-certificate.ts";
import { type RequestOrigin, UNKNOWN_ORIGIN } from "../../proxy/routing/request-hash.ts";
import type { RouteMatch } from "../../proxy/routing/route-match.ts";
import type { RouteTable } from "../../proxy/routing/route-table.ts";
import type { HostFacts } from "./explanation.ts";

/** What a proxy has decided about one request. */
export interface ObservedRequest {
  /** As it came to routing; null: it did not come there. */
  routedHead: RequestHead | null;
  match: RouteMatch | null;
  /** Of the filter chain that took its connection; null: it did not come to routing. */
  routes: RouteTable | null;
  certificate: PeerCertificate;
  origin: RequestOrigin;
  /** Null: it was not sent to a cluster. */
  sent: SentRequest | null;
  readonly attempts: {
    readonly cluster: string;
    readonly host: Host | null;
    result: number | string | null;
  }[];
  status: number;
  flags: readonly string[];
  details: string;
  location: string | undefined;
}

/** What can be told of a cluster's balancer, from the first request that came to it. */
export interface ClusterView {
  readonly view: BalancerView | null;
  /** All its members, in their order. */
  readonly hosts: readonly Host[];
}

/** Follows the requests through a proxy, one at a time. */
export class RequestObserver implements ProxyTrace {
  /** The request that is under way, or was the last. */
  current: ObservedRequest = nothing();
  /** By the cluster's name; a balancer is asked after its first pick, so that asking draws nothing. */
  readonly views = new Map<string, ClusterView>();

  /** The next request comes. */
  start(): void {
    this.current = nothing();
  }

  routed(exchange: Exchange, routes: RouteTable, certificate: PeerCertificate, origin: RequestOrigin): void {
    this.current.routedHead = exchange.head;
    this.current.match = exchange.match;
    this.current.routes = routes;
    this.current.certificate = certificate;
    this.current.origin = { remoteAddress: origin.remoteAddress };
  }

  hostChosen(request: BalancedRequest, host: Host | null): void {
    const sent = request.sent!;
    const { name } = sent.cluster.cluster;
    this.current.sent = sent;
    this.current.attempts.push({ cluster: name, host, result: null });
    if (!this.views.has(name))
      this.views.set(name, {
        view: sent.cluster.loadBalancer.view?.(request) ?? null,
        hosts: sent.cluster.cluster.prioritySet.hosts,
      });
  }

  attemptEnded(_request: BalancedRequest, host: Host, result: number | string): void {
    const attempt = this.current.attempts.findLast((each) => each.host === host);
    if (attempt !== undefined) attempt.result = result;
  }

  ended(exchange: Exchange, status: number): void {
    const { current } = this;
    current.status = status;
    current.flags = exchange.flagsInOrder ?? [];
    current.details = exchange.details;
    current.location = exchange.downstream.responseHeaders.get("location");
  }
}

function nothing(): ObservedRequest {
  return {
    routedHead: null,
    match: null,
    routes: null,
    certificate: "none",
    origin: UNKNOWN_ORIGIN,
    sent: null,
    attempts: [],
    status: 0,
    flags: [],
    details: "",
    location: undefined,
  };
}

export function factsOf({ endpoint, weight, coarseHealth }: Host): HostFacts {
  const { address, priority, locality } = endpoint;
  return { address, priority, locality, health: coarseHealth, weight };
}

/** `region/zone/sub-zone` without the empty ends; `-` where nothing is said. */
export function nameOfLocality(locality: HostFacts["locality"]): string {
  const { region, zone, subZone } = locality;
  if (region === "" && subZone === "") return zone || "-";
  return localityKey(locality) === '["","",""]' ? "-" : [region, zone, subZone].join("/").replace(/\/+$/, "");
}
