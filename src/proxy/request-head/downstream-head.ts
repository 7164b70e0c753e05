import type { Message } from "../../decode/message.ts";
import { stripPort, stripTrailingDot } from "../../http/authority.ts";
import type { RequestHead } from "../../http/request-head.ts";
import { type IpRange, isInRange, parseIp, readIpRange } from "../cluster/ip-range.ts";
import { withInlineHeadersJoined } from "./inline-headers.ts";
import { PathNormalization } from "./path-normalization.ts";

/** A request's head as it goes into routing. */
export interface DownstreamHead {
  readonly head: RequestHead;
  /** Whether it comes from the operator's own network; only then do `x-envoy-*` headers of requests count. */
  readonly isInternal: boolean;
  /** Set where it does not come to routing because of its path; with a path, it is sent there. */
  readonly refusal: { readonly redirectTo: string | undefined } | undefined;
}

/**
 * Headers that only internal requests may have (Envoy 1.40, ConnectionManagerUtility::cleanInternalHeaders; the
 * duration of streams was added to them late: the release has it).
 */
const INTERNAL_ONLY = [
  "x-envoy-retriable-status-codes",
  "x-envoy-retriable-header-names",
  "x-envoy-retry-on",
  "x-envoy-retry-grpc-on",
  "x-envoy-max-retries",
  "x-envoy-upstream-alt-stat-name",
  "x-envoy-upstream-rq-timeout-ms",
  "x-envoy-upstream-rq-per-try-timeout-ms",
  "x-envoy-upstream-rq-timeout-alt-response",
  "x-envoy-upstream-stream-duration-ms",
  "x-envoy-expected-rq-timeout-ms",
  "x-envoy-force-trace",
  "x-envoy-ip-tags",
  "x-envoy-original-url",
  "x-envoy-hedge-on-per-try-timeout",
];
/** Those that an edge proxy takes away besides. */
const NOT_FROM_OUTSIDE = [
  "x-envoy-decorator-operation",
  "x-envoy-downstream-service-cluster",
  "x-envoy-downstream-service-node",
  "x-envoy-original-path",
  "x-envoy-original-host",
];
const FORWARDED_FOR = "x-forwarded-for";
const FORWARDED_PROTO = "x-forwarded-proto";
const INTERNAL = "x-envoy-internal";

/**
 * Tells internal requests from external ones, takes from the latter the headers that they may not have, and
 * normalises paths (Envoy 1.40, ConnectionManagerUtility::mutateRequestHeaders). Results are remembered by the identity of heads.
 */
export class DownstreamHeads {
  private readonly usesRemoteAddress: boolean;
  private readonly appendsForwardedFor: boolean;
  private readonly trustedHops: number;
  private readonly internalAddresses: readonly IpRange[] | undefined;
  private readonly paths: PathNormalization;
  private readonly internal = new WeakMap<RequestHead, DownstreamHead>();
  private readonly external = new WeakMap<RequestHead, DownstreamHead>();
  /** By the peer, where its address goes into the head. */
  private readonly ofPeers = new Map<string, WeakMap<RequestHead, DownstreamHead>>();
  private lastHead: RequestHead | null = null;
  private lastPeer = "";
  private lastResult!: DownstreamHead;

  private readonly isTls: boolean;
  private readonly schemeToSet: string | undefined;
  private readonly host: (authority: string) => string;

  /** Reads an `HttpConnectionManager`; `isTls`: its connections speak TLS; `port`: that of its listener. */
  constructor(manager: Message, isTls: boolean, port: number) {
    this.isTls = isTls;
    this.schemeToSet =
      manager.message("scheme_header_transformation")?.string("scheme_to_overwrite") || undefined;
    this.host = readHostNormalization(manager, port);
    this.usesRemoteAddress = manager.boolean("use_remote_address");
    this.appendsForwardedFor = this.usesRemoteAddress && !manager.boolean("skip_xff_append");
    this.trustedHops = manager.number("xff_num_trusted_hops", 0);
    const ranges = manager.message("internal_address_config")?.messages("cidr_ranges");
    this.internalAddresses = ranges?.map(readIpRange).filter((range) => range !== undefined);
    this.paths = new PathNormalization(manager);
  }

  /** `peer`: address of who sent it; empty or a name where it has none. */
  receive(head: RequestHead, peer: string): DownstreamHead {
    if (head === this.lastHead && peer === this.lastPeer) return this.lastResult;
    const isInternal = this.isInternal(head, peer);
    const forwardsFor = this.appendsForwardedFor && isForwardable(peer) ? peer : undefined;
    const known = forwardsFor === undefined ? (isInternal ? this.internal : this.external) : this.of(peer);
    let result = known.get(head);
    if (result === undefined) {
      const forwarded = forwardedFor(withInlineHeadersJoined(head), forwardsFor);
      known.set(head, (result = this.normalized(this.cleaned(forwarded, isInternal), isInternal)));
    }
    this.lastHead = head;
    this.lastPeer = peer;
    this.lastResult = result;
    return result;
  }

  private of(peer: string): WeakMap<RequestHead, DownstreamHead> {
    let known = this.ofPeers.get(peer);
    if (known === undefined) this.ofPeers.set(peer, (known = new WeakMap()));
    return known;
  }

  private normalized(head: RequestHead, isInternal: boolean): DownstreamHead {
    const normalized = this.paths.normalize(head.path);
    if (normalized.kind === "refused") return { head, isInternal, refusal: { redirectTo: undefined } };
    const { kind, path } = normalized;
    const authority = this.host(head.authority);
    const isSame = path === head.path && authority === head.authority;
    const changed = isSame ? head : { ...head, path, authority };
    return { head: changed, isInternal, refusal: kind === "redirect" ? { redirectTo: path } : undefined };
  }

  /** Whether the one address that the request has come from is an internal one. */
  private isInternal(head: RequestHead, peer: string): boolean {
    if (this.internalAddresses === undefined) return false;
    const forwardedFor = head.headers.get(FORWARDED_FOR);
    if (this.usesRemoteAddress) return forwardedFor === undefined && liesIn(peer, this.internalAddresses);
    const addresses = (forwardedFor ?? []).join(",").split(",");
    return (
      addresses.length === 1 && this.trustedHops === 0 && liesIn(addresses[0]!.trim(), this.internalAddresses)
    );
  }

  private cleaned(head: RequestHead, isInternal: boolean): RequestHead {
    const headers = new Map(head.headers);
    if (!isInternal) {
      for (const name of INTERNAL_ONLY) headers.delete(name);
      headers.delete(INTERNAL);
      if (this.usesRemoteAddress) for (const name of NOT_FROM_OUTSIDE) headers.delete(name);
    } else headers.set(INTERNAL, ["true"]);
    const scheme = this.isTls ? "https" : head.scheme;
    // Who is not behind a trusted proxy does not say itself how it came.
    const isTrusted = !this.usesRemoteAddress || this.trustedHops > 0;
    const claimed = isTrusted ? headers.get(FORWARDED_PROTO)?.[0] : undefined;
    const proto = this.schemeToSet ?? claimed ?? scheme;
    if (proto !== claimed) headers.set(FORWARDED_PROTO, [proto]);
    return { ...head, scheme: proto === "http" || proto === "https" ? proto : scheme, headers };
  }
}

/** IPv4, or IPv6, which alone has colons: names have none. */
const ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}$|:/;

/**
 * A peer without an address has nothing to append. For one on loopback Envoy appends the address of its own machine,
 * which is not simulated.
 */
function isForwardable(peer: string): boolean {
  return ADDRESS.test(peer) && peer !== "127.0.0.1" && peer !== "::1";
}

/** With the peer after those that the request has come by (Envoy 1.40, ConnectionManagerUtility::appendXff). */
function forwardedFor(head: RequestHead, peer: string | undefined): RequestHead {
  if (peer === undefined) return head;
  const before = head.headers.get(FORWARDED_FOR) ?? [];
  return { ...head, headers: new Map(head.headers).set(FORWARDED_FOR, [[...before, peer].join(",")]) };
}

/** How a host is written before routing (Envoy 1.40, ConnectionManagerUtility::maybeNormalizeHost). */
function readHostNormalization(manager: Message, port: number): (authority: string) => string {
  const stripsDot = manager.boolean("strip_trailing_host_dot");
  const stripsAnyPort = manager.boolean("strip_any_host_port");
  const stripsOwnPort = manager.boolean("strip_matching_host_port");
  if (!stripsDot && !stripsAnyPort && !stripsOwnPort) return (authority) => authority;
  return (authority) => {
    const host = stripsDot ? stripTrailingDot(authority) : authority;
    if (stripsAnyPort) return stripPort(host);
    return stripsOwnPort ? stripPort(host, port) : host;
  };
}

function liesIn(address: string, ranges: readonly IpRange[]): boolean {
  const ip = parseIp(address);
  return ip !== undefined && ranges.some((range) => isInRange(ip, range));
}
