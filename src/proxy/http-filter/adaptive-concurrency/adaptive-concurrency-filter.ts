import type { Simulator } from "../../../kernel/simulator.ts";
import type { Nanoseconds } from "../../../kernel/time.ts";
import type { FilteredRequest, FilterStatus, StreamFilter } from "../http-filter.ts";
import type { GradientController } from "./gradient-controller.ts";

/** Lets one request pass while there are fewer under way than the controller allows. */
export class AdaptiveConcurrencyFilter implements StreamFilter {
  private readonly request: FilteredRequest;
  private readonly controller: GradientController;
  private readonly simulator: Simulator;
  private readonly status: number;
  /** Undefined: it does not count among the requests under way. */
  private admittedAt: Nanoseconds | undefined;

  constructor(
    request: FilteredRequest,
    controller: GradientController,
    simulator: Simulator,
    status: number,
  ) {
    this.request = request;
    this.controller = controller;
    this.simulator = simulator;
    this.status = status;
  }

  decode(): FilterStatus {
    if (this.request.isHealthCheck) return "continue";
    if (this.controller.admits()) {
      this.admittedAt = this.simulator.now;
      return "continue";
    }
    this.request.replyLocally(this.status, "reached concurrency limit", "reached_concurrency_limit");
    return "stop";
  }

  encodeComplete(): void {
    if (this.admittedAt === undefined) return;
    this.controller.record(this.admittedAt);
    this.admittedAt = undefined;
  }

  onDestroy(): void {
    if (this.admittedAt !== undefined) this.controller.cancel();
  }
}
