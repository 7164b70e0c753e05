import type { Nanoseconds } from "../../kernel/time.ts";
import { HealthFlag, type Host } from "../cluster/host.ts";
import { ConsecutiveFailures } from "./consecutive-failures.ts";
import type { EjectionType } from "./ejection-type.ts";
import type { OutlierOptions } from "./outlier-options.ts";
import { httpCodeOf, type OutlierResult } from "./outlier-result.ts";

/** Is told when failures of a host reach a threshold. */
export type OnDetected = (monitor: HostMonitor, type: EjectionType) => void;

/**
 * What outlier detection knows of one host of a process. The data plane holds it beside the host and reports
 * each outcome here; only the detector changes the rest.
 * (Envoy 1.40, DetectorHostMonitorImpl in source/common/upstream/outlier_detection_impl.cc.)
 */
export class HostMonitor {
  readonly host: Host;
  readonly failures: ConsecutiveFailures;
  /** Ejections so far; never goes back. */
  ejections = 0;
  /** Length of the next release in base ejection times; grows with ejections, decays in good times. */
  multiplier = 0;
  /** Random part of the latest ejection. */
  jitter: Nanoseconds = 0;
  lastEjection: Nanoseconds | undefined = undefined;
  lastUnejection: Nanoseconds | undefined = undefined;
  readonly #splits: boolean;

  constructor(host: Host, options: OutlierOptions, onDetected: OnDetected) {
    this.host = host;
    this.failures = new ConsecutiveFailures(options, (type) => onDetected(this, type));
    this.#splits = options.splitExternalLocalOriginErrors;
  }

  get isEjected(): boolean {
    return (this.host.healthFlags & HealthFlag.failedOutlierCheck) !== 0;
  }

  /**
   * The host has answered an HTTP request with this status, which counts as it is in both modes: in a recording
   * of Envoy 1.40.0 with split errors, answers 500 were no gateway failures.
   */
  putHttpCode(code: number): void {
    this.failures.putHttpCode(code);
  }

  /**
   * Something other than an answer has happened; `code` is the status that stands for it, 0 for none. What
   * it counts as depends on whether local origin errors are split.
   */
  putResult(result: OutlierResult, code = 0): void {
    if (this.#splits) {
      this.#putSplit(result);
    } else {
      const httpCode = code === 0 ? httpCodeOf(result) : code;
      if (httpCode !== 0) this.putHttpCode(httpCode);
    }
  }

  putLocalOriginSuccess(): void {
    this.failures.putLocalOriginSuccess();
  }

  putLocalOriginFailure(): void {
    this.failures.putLocalOriginFailure();
  }

  #putSplit(result: OutlierResult): void {
    switch (result) {
      case "LocalOriginConnectSuccess":
      case "LocalOriginConnectSuccessFinal":
        this.putLocalOriginSuccess();
        break;
      case "LocalOriginTimeout":
      case "LocalOriginConnectFailed":
        this.putLocalOriginFailure();
        break;
      case "ExtOriginRequestFailed":
        this.putHttpCode(503);
        break;
      case "ExtOriginRequestSuccess":
        this.putHttpCode(200);
        this.putLocalOriginSuccess();
        break;
    }
  }
}
