import type { Nanoseconds } from "../../kernel/time.ts";
import { HealthFlag, type Host } from "../cluster/host.ts";
import { ConsecutiveFailures } from "./consecutive-failures.ts";
import type { Detection } from "./ejection-type.ts";
import type { OutlierOptions } from "./outlier-options.ts";
import { httpCodeOf, type OutlierResult } from "./outlier-result.ts";
import { Sentence } from "./sentence.ts";
import { SuccessRate } from "./success-rate.ts";

/** Is told when failures of a host reach a threshold, or when it calls itself degraded. */
export type OnDetected = (monitor: HostMonitor, type: Detection) => void;

/**
 * What outlier detection knows of one host of a process. The data plane holds it beside the host and reports
 * each outcome here; only the detector changes the rest.
 * (Envoy 1.40, DetectorHostMonitorImpl in source/common/upstream/outlier_detection_impl.cc.)
 */
export class HostMonitor {
  readonly host: Host;
  readonly failures: ConsecutiveFailures;
  /** Of what the host answered; and of reaching it, where that is counted apart. */
  readonly rates = { external: new SuccessRate(), local: new SuccessRate() };
  readonly ejection = new Sentence();
  readonly degradation = new Sentence();
  /** Random part of the latest ejection or degradation: Envoy has one for both. */
  jitter: Nanoseconds = 0;
  readonly #splits: boolean;
  readonly #detectsDegraded: boolean;
  readonly #onDetected: OnDetected;

  constructor(host: Host, options: OutlierOptions, onDetected: OnDetected) {
    this.host = host;
    this.failures = new ConsecutiveFailures(options, (type) => onDetected(this, type));
    this.#splits = options.splitExternalLocalOriginErrors;
    this.#detectsDegraded = options.detectDegradedHosts;
    this.#onDetected = onDetected;
  }

  get isEjected(): boolean {
    return (this.host.healthFlags & HealthFlag.failedOutlierCheck) !== 0;
  }

  get isDegraded(): boolean {
    return (this.host.healthFlags & HealthFlag.degradedOutlierDetection) !== 0;
  }

  /**
   * The host has answered an HTTP request with this status, which counts as it is in both modes: in a recording
   * of Envoy 1.40.0 with split errors, answers 500 were no gateway failures.
   */
  putHttpCode(code: number): void {
    const rate = this.rates.external;
    rate.total++;
    if (code < 500 || code > 599) rate.success++;
    this.failures.putHttpCode(code);
  }

  /** An answer that is no server error has carried `x-envoy-degraded`. */
  putDegraded(): void {
    if (this.#detectsDegraded) this.#onDetected(this, "DEGRADED");
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
    const rate = this.rates.local;
    rate.total++;
    rate.success++;
    this.failures.putLocalOriginSuccess();
  }

  putLocalOriginFailure(): void {
    this.rates.local.total++;
    this.failures.putLocalOriginFailure();
  }

  /** A sweep closes the interval in which successes are counted. */
  closeInterval(): void {
    this.rates.external.close();
    this.rates.local.close();
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
