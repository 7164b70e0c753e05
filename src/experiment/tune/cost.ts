import type { Request } from "../../http/request.ts";
import { SECOND } from "../../kernel/time.ts";
import type { WorldPlan } from "../../simulation/plan.ts";
import type { RunResult } from "../../simulation/result.ts";
import type { Journal } from "../../telemetry/journal.ts";

export const costNames = ["attempts", "ejected", "cross_zone"] as const;

/**
 * What settings cost beside what they give: attempts of the first proxies a request; ejected capacity, in hosts
 * times seconds; the share of attempts with a host that go from one zone to another, of those where both have one.
 */
export type CostName = (typeof costNames)[number];

/** Of all clients' requests that count; null without requests. */
export function attemptsPerRequest({ clients }: RunResult): number | null {
  const requests = clients.reduce((sum, client) => sum + client.requests, 0);
  return requests === 0 ? null : clients.reduce((sum, client) => sum + client.attempts, 0) / requests;
}

/** Host-seconds that hosts were ejected from 0 to the duration, over all clusters and replicas, by bins of the series. */
export function ejectedHostSeconds({ series }: RunResult): number {
  const bins = series.proxies.reduce(
    (sum, { ejected }) => ejected.reduce((all, count) => all + count, sum),
    0,
  );
  return (bins * series.bin) / SECOND;
}

/** Counts attempts between zones while they happen, of all proxies; it never changes the run. */
export class ZoneCrossings implements Journal {
  private readonly zoneOf: (address: string) => string;
  private readonly proxies = new WeakMap<object, number>();
  private addressOf: (station: number) => string | undefined = () => undefined;
  private crossed = 0;
  private stayed = 0;

  constructor(plan: WorldPlan) {
    const hosts = [...plan.services.flatMap(({ hosts: own }) => own), ...plan.unclaimed];
    const proxies = plan.proxies.flatMap(({ replicas }) => replicas);
    const zones = new Map([...hosts, ...proxies].map(({ address, zone }) => [address, zone]));
    // Listeners of a proxy share its address; hosts have one for each port.
    this.zoneOf = (address) => zones.get(address) ?? zones.get(address.replace(/:\d+$/, "")) ?? "";
  }

  /** Stations have addresses once the world is built. */
  watch(addressOf: (station: number) => string | undefined): void {
    this.addressOf = addressOf;
  }

  /** Null where no attempt went from a zone to a zone. */
  get share(): number | null {
    const all = this.crossed + this.stayed;
    return all === 0 ? null : this.crossed / all;
  }

  attemptStarted(exchange: object, _request: Request, proxy: number): void {
    this.proxies.set(exchange, proxy);
  }

  attemptEnded(exchange: object, host: string | undefined): void {
    const proxy = this.proxies.get(exchange);
    if (proxy === undefined || host === undefined) return;
    const [from, to] = [this.zoneOf(this.addressOf(proxy) ?? ""), this.zoneOf(host)];
    if (from === "" || to === "") return;
    if (from === to) this.stayed++;
    else this.crossed++;
  }

  requestWanted(): void {}

  requestEnded(): void {}
}
