import type { ResponseHeaders } from "../../network/stream.ts";
import type { Stats } from "../../telemetry/stats.ts";
import { CodeStats } from "./code-stats.ts";
import type { Host } from "./host.ts";

/**
 * Envoy's statistics by response code of answers whose host is known: `canary.*` of canaries, and
 * `zone.FROM.TO.*` where both this proxy and the host have a zone (1.40, source/common/http/codes.cc).
 */
export class OriginCodes {
  private readonly stats: Stats;
  private readonly prefix: string;
  /** Of this proxy; empty: none. */
  private readonly zone: string;
  private readonly byZone = new Map<string, CodeStats>();
  private ofCanaries: CodeStats | null = null;

  /** `prefix` is such as `cluster.checkout.`. */
  constructor(stats: Stats, prefix: string, zone: string) {
    this.stats = stats;
    this.prefix = prefix;
    this.zone = zone;
  }

  charge(status: number, { endpoint }: Host, headers: ResponseHeaders): void {
    if (endpoint.metadata.canary === true || headers.get("x-envoy-upstream-canary") === "true") {
      this.ofCanaries ??= new CodeStats(this.stats, [`${this.prefix}canary.`]);
      this.ofCanaries.charge(status);
    }
    const { zone } = endpoint.locality;
    if (this.zone !== "" && zone !== "") this.ofZone(zone).charge(status);
  }

  private ofZone(zone: string): CodeStats {
    let codes = this.byZone.get(zone);
    if (codes === undefined) {
      codes = new CodeStats(this.stats, [`${this.prefix}zone.${this.zone}.${zone}.`]);
      this.byZone.set(zone, codes);
    }
    return codes;
  }
}
