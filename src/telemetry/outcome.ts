/** How a request ended where it has no HTTP status: numbers below 100 in place of one. */
export const Outcome = {
  /** Still unfinished when the run ended. */
  unfinished: 0,
  /** The client's own timeout. */
  timeout: 1,
  /** The connection broke without an answer. */
  lost: 2,
  /** A library in the client has refused it: it was not sent. */
  rejected: 3,
} as const;

/** One more than the largest status or outcome. */
export const STATUS_LIMIT = 1000;

/** The key under which outputs count a status or outcome. */
export function statusKey(status: number): string {
  if (status === Outcome.timeout) return "timeout";
  if (status === Outcome.lost) return "lost";
  if (status === Outcome.rejected) return "rejected";
  return String(status);
}
