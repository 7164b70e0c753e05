import type { Request } from "../../../http/request.ts";
import type { RequestHead } from "../../../http/request-head.ts";

/** What is wanted of the other side. */
export interface Call {
  readonly request: Request;
  readonly head: RequestHead;
}

/** Whoever waits for the end of a step: the step around it, or the caller. */
export interface Waiting {
  /**
   * The step is over, with an HTTP status or an Outcome. `wasSent`: whether anything may have reached the other
   * side.
   */
  onEnd(status: number, wasSent: boolean): void;
}

/**
 * A call on its way through one layer. It is started once, and tells who waits for it once that it is over,
 * perhaps before `start` returns. Whoever does not want to wait any longer abandons it, and is told nothing.
 */
export interface Step {
  start(): void;
  abandon(): void;
}

/** One policy of a library with what it protects inside it; it serves all calls of its owner. */
export interface Layer {
  step(call: Call, waiting: Waiting): Step;
}

/** What policies take for a failure: 5xx, and whatever ended without an answer. */
export function isFailure(status: number): boolean {
  return status < 100 || status >= 500;
}
