import type { Simulator } from "../kernel/simulator.ts";
import type { BalancedRequest } from "../proxy/balanced-request.ts";
import type { Host } from "../proxy/cluster/host.ts";
import type { ProxyTrace } from "../proxy/proxy-trace.ts";
import type { Journal } from "../telemetry/journal.ts";

/** Tells a journal of the attempts of one proxy. */
export class JournalTrace implements ProxyTrace {
  private readonly journal: Journal;
  private readonly proxy: number;
  private readonly simulator: Simulator;

  /** `proxy` is the number of its station. */
  constructor(journal: Journal, proxy: number, simulator: Simulator) {
    this.journal = journal;
    this.proxy = proxy;
    this.simulator = simulator;
  }

  hostChosen(request: BalancedRequest, host: Host | null): void {
    const { journal, simulator, proxy } = this;
    journal.attemptStarted(request, request.downstream.request, proxy, host?.address, simulator.now);
  }

  attemptEnded(request: BalancedRequest, host: Host, result: number | string): void {
    this.journal.attemptEnded(request, host.address, result, this.simulator.now);
  }

  routed(): void {}

  ended(): void {}
}
