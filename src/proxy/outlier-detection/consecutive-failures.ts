import type { ConsecutiveType } from "./ejection-type.ts";
import type { OutlierOptions } from "./outlier-options.ts";

/**
 * Counts the failures of one host in a row. A threshold is compared by equality: 0 is never reached, and a
 * counter that has gone past its threshold stays silent until it is reset.
 * (Envoy 1.40, putHttpResponseCode and localOriginFailure in source/common/upstream/outlier_detection_impl.cc.)
 */
export class ConsecutiveFailures {
  serverErrors = 0;
  gatewayFailures = 0;
  localOriginFailures = 0;
  readonly #options: OutlierOptions;
  readonly #onDetected: (type: ConsecutiveType) => void;

  constructor(options: OutlierOptions, onDetected: (type: ConsecutiveType) => void) {
    this.#options = options;
    this.#onDetected = onDetected;
  }

  putHttpCode(code: number): void {
    if (code >= 500 && code <= 599) {
      this.#putServerError(code);
    } else {
      this.serverErrors = 0;
      this.gatewayFailures = 0;
    }
  }

  putLocalOriginSuccess(): void {
    this.localOriginFailures = 0;
  }

  putLocalOriginFailure(): void {
    if (++this.localOriginFailures === this.#options.consecutiveLocalOriginFailure) {
      this.#onDetected("CONSECUTIVE_LOCAL_ORIGIN_FAILURE");
    }
  }

  /** Starts the count of one type again, after its detection was handled. */
  reset(type: ConsecutiveType): void {
    switch (type) {
      case "CONSECUTIVE_5XX":
        this.serverErrors = 0;
        break;
      case "CONSECUTIVE_GATEWAY_FAILURE":
        this.gatewayFailures = 0;
        break;
      case "CONSECUTIVE_LOCAL_ORIGIN_FAILURE":
        this.localOriginFailures = 0;
        break;
    }
  }

  resetAll(): void {
    this.serverErrors = 0;
    this.gatewayFailures = 0;
    this.localOriginFailures = 0;
  }

  #putServerError(code: number): void {
    const isGatewayFailure = code >= 502 && code <= 504;
    if (!isGatewayFailure) {
      this.gatewayFailures = 0;
    } else if (++this.gatewayFailures === this.#options.consecutiveGatewayFailure) {
      this.#onDetected("CONSECUTIVE_GATEWAY_FAILURE");
    }
    if (++this.serverErrors === this.#options.consecutive5xx) this.#onDetected("CONSECUTIVE_5XX");
  }
}
