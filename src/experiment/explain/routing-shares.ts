import type { RequestHead } from "../../http/request-head.ts";
import type { PeerCertificate } from "../../proxy/routing/peer-certificate.ts";
import type { RequestOrigin } from "../../proxy/routing/request-hash.ts";
import type { RouteMatch, StreamId } from "../../proxy/routing/route-match.ts";
import type { RouteTable } from "../../proxy/routing/route-table.ts";

/** A possible decision of a route table about a head, and the share of requests that get it. */
export interface RoutingShare {
  readonly match: RouteMatch;
  readonly share: number;
}

/** More stream ids than this are not tried. */
const MOST_IDS = 1 << 20;

/**
 * The decisions of a route table about a head with their exact shares. Whatever is asked of the stream id are
 * remainders, so that ids up to the least common multiple of all moduli stand for all of them; each is put to the
 * table itself. Null where there would be too many.
 */
export function routingShares(
  table: RouteTable,
  head: RequestHead,
  certificate: PeerCertificate,
  origin: RequestOrigin,
): RoutingShare[] | null {
  for (let period = 1; period <= MOST_IDS; ) {
    const id = new CountingId(period);
    const counts = new Map<RouteMatch, number>();
    for (id.value = 0; id.value < period && id.period === period; id.value++) {
      const match = table.match(head, id, certificate, origin);
      counts.set(match, (counts.get(match) ?? 0) + 1);
    }
    if (id.period === period) return [...counts].map(([match, count]) => ({ match, share: count / period }));
    period = id.period;
  }
  return null;
}

/** A stream id that widens its period to every modulus that is asked for. */
class CountingId implements StreamId {
  value = 0;
  period: number;

  constructor(period: number) {
    this.period = period;
  }

  mod(n: number): number {
    this.period = (this.period / greatestCommonDivisor(this.period, n)) * n;
    return this.value % n;
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
