import type { Simulator } from "../../../kernel/simulator.ts";
import type { Random64 } from "../../../random/random64.ts";
import type { Counter, Stats } from "../../../telemetry/stats.ts";
import type { FilteredRequest, FilteredResponse, FilterStatus, StreamFilter } from "../http-filter.ts";
import type { AdmissionControlSettings } from "./admission-control-settings.ts";
import { isRejected, rejectionProbability } from "./rejection.ts";
import type { RequestHistory } from "./request-history.ts";

/** Envoy's statistics `http.STAT_PREFIX.admission_control.*`. */
export class AdmissionControlStats {
  readonly rejected: Counter;
  readonly success: Counter;
  readonly failure: Counter;

  constructor(stats: Stats, statPrefix: string) {
    this.rejected = stats.counter(`${statPrefix}admission_control.rq_rejected`);
    this.success = stats.counter(`${statPrefix}admission_control.rq_success`);
    this.failure = stats.counter(`${statPrefix}admission_control.rq_failure`);
  }
}

/** Admission control on one worker. */
export interface AdmissionControl {
  readonly settings: AdmissionControlSettings;
  readonly history: RequestHistory;
  readonly stats: AdmissionControlStats;
  readonly simulator: Simulator;
  readonly random: Random64;
}

/** Rejects requests while too few of the last ones succeed; those that it rejects are not counted. */
export class AdmissionControlFilter implements StreamFilter {
  private readonly request: FilteredRequest;
  private readonly control: AdmissionControl;
  private isRecorded = true;

  constructor(request: FilteredRequest, control: AdmissionControl) {
    this.request = request;
    this.control = control;
  }

  decode(): FilterStatus {
    const { settings, history, stats, simulator, random } = this.control;
    if (!settings.isEnabled || this.request.isHealthCheck) {
      this.isRecorded = false;
      return "continue";
    }
    const { rpsThreshold } = settings;
    if (rpsThreshold > 0 && history.averageRps(simulator.now) < rpsThreshold) return "continue";
    const { requests, successes } = history.counts(simulator.now);
    if (!isRejected(rejectionProbability(settings, requests, successes), random)) return "continue";
    this.isRecorded = false;
    stats.rejected.value++;
    this.request.replyLocally(503, "", "denied_by_admission_control");
    return "stop";
  }

  encode(response: FilteredResponse): FilterStatus {
    if (!this.isRecorded) return "continue";
    const { history, stats, simulator } = this.control;
    const isSuccess = this.isSuccess(response);
    history.record(isSuccess, simulator.now);
    (isSuccess ? stats.success : stats.failure).value++;
    return "continue";
  }

  private isSuccess({ status, headers }: FilteredResponse): boolean {
    const { settings } = this.control;
    const grpcStatus = headers.get("grpc-status");
    return grpcStatus === undefined
      ? settings.isHttpSuccess(status)
      : settings.isGrpcSuccess(Number(grpcStatus));
  }
}
