import type { Request } from "../../http/request.ts";
import { ResetReason } from "../../http/reset-reason.ts";
import { namesOfFlags } from "../../http/response-flags.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import type { WorldPlan } from "../../simulation/plan.ts";
import { statusKey } from "../../telemetry/outcome.ts";

/** What became of one request of a client. */
export interface RequestStory {
  readonly client: string;
  /** Running number within the client, from 0. */
  readonly ordinal: number;
  readonly wantedAt: Nanoseconds;
  readonly endedAt: Nanoseconds;
  /** A status, or `timeout`, `lost`, `0`. */
  readonly status: string;
  /** Those of the first proxy. */
  readonly flags: readonly string[];
  readonly attempts: number;
  /** The host that was tried last, behind all proxies; undefined where there was none. */
  readonly lastHost: string | undefined;
  /** The attempts of all proxies, by their beginning. */
  readonly steps: readonly AttemptStory[];
}

export interface AttemptStory {
  readonly proxy: string;
  /** From 1, among the attempts of the proxy for the same exchange. */
  readonly attempt: number;
  /** `ip:port`, or the proxy that listens there; undefined where no host was found. */
  readonly host: string | undefined;
  readonly from: Nanoseconds;
  /** Undefined while it was under way when the client heard its answer. */
  readonly to: Nanoseconds | undefined;
  /** `answered 200`, or why there was no answer. */
  readonly outcome: string;
}

interface OpenStep {
  exchange: object;
  proxy: number;
  attempt: number;
  host: string | undefined;
  from: Nanoseconds;
  to: Nanoseconds | undefined;
  result: number | string;
}

/** One request while it is under way. */
export class OpenStory {
  readonly request: Request;
  private readonly steps: OpenStep[] = [];

  constructor(request: Request) {
    this.request = request;
  }

  attemptStarted(exchange: object, proxy: number, host: string | undefined, now: Nanoseconds): void {
    const attempt = 1 + this.steps.filter((step) => step.exchange === exchange).length;
    const to = host === undefined ? now : undefined;
    this.steps.push({ exchange, proxy, attempt, host, from: now, to, result: "no host to send it to" });
  }

  /** Hedged attempts of one exchange overlap, but seldom at one host. */
  attemptEnded(exchange: object, host: string, result: number | string, now: Nanoseconds): void {
    const step = this.steps.find(
      (each) => each.exchange === exchange && each.host === host && each.to === undefined,
    );
    if (step !== undefined) Object.assign(step, { result, to: now });
  }

  tell(status: number, endedAt: Nanoseconds, names: StationNames): RequestStory {
    const { client, ordinal, wantedAt, flags, attempts, lastHost } = this.request;
    return {
      client: names.client(client),
      ordinal,
      wantedAt,
      endedAt,
      status: statusKey(status),
      flags: namesOfFlags(flags),
      attempts,
      lastHost: names.station(lastHost) ?? this.steps.findLast(({ host }) => host !== undefined)?.host,
      steps: this.steps.map(({ proxy, attempt, host, from, to, result }) => ({
        proxy: names.station(proxy)!,
        attempt,
        host: host === undefined ? undefined : names.named(host),
        from,
        to,
        outcome: to === undefined ? "still under way" : outcomeOf(result),
      })),
    };
  }
}

function outcomeOf(result: number | string): string {
  if (typeof result === "number") return `answered ${result}`;
  return result === ResetReason.localReset ? "given up by the proxy" : result;
}

/** Names of what a run knows by numbers. */
export class StationNames {
  private readonly plan: WorldPlan;
  private readonly addressOf: (station: number) => string | undefined;
  private readonly proxies: ReadonlyMap<string, string>;

  constructor(plan: WorldPlan, addressOf: (station: number) => string | undefined) {
    this.plan = plan;
    this.addressOf = addressOf;
    this.proxies = new Map(
      plan.proxies.flatMap(({ name, replicas }) =>
        replicas.map(({ address }, index) => [address, replicas.length > 1 ? `${name}/${index}` : name]),
      ),
    );
  }

  client(index: number): string {
    return this.plan.clients[index]!.name;
  }

  /** The name of a proxy's replica, or the address of a host. */
  station(number: number): string | undefined {
    const address = this.addressOf(number);
    return address === undefined ? undefined : this.named(address);
  }

  /** The proxy that listens at an address, or the address itself. */
  named(address: string): string {
    return this.proxies.get(address) ?? this.proxies.get(address.replace(/:\d+$/, "")) ?? address;
  }
}
