/** What can be reported of a host besides the status of an answer (Envoy 1.40, envoy/upstream/outlier_detection.h). */
export type OutlierResult =
  /** The attempt timed out before there was an answer. */
  | "LocalOriginTimeout"
  /** No connection, or it broke. */
  | "LocalOriginConnectFailed"
  /** A connection serves the attempt, which is still to succeed or fail. */
  | "LocalOriginConnectSuccess"
  /** A connection is there and nothing else will be reported (TCP proxy). */
  | "LocalOriginConnectSuccessFinal"
  /** The host answered with an error of a protocol that is not HTTP. */
  | "ExtOriginRequestFailed"
  | "ExtOriginRequestSuccess";

/** The HTTP status that a result counts as where local origin errors are not split; 0: it does not count. */
export function httpCodeOf(result: OutlierResult): number {
  switch (result) {
    case "LocalOriginTimeout":
      return 504;
    case "LocalOriginConnectFailed":
      return 503;
    case "ExtOriginRequestFailed":
      return 500;
    case "ExtOriginRequestSuccess":
    case "LocalOriginConnectSuccessFinal":
      return 200;
    case "LocalOriginConnectSuccess":
      return 0;
  }
}
