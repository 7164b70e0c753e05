import type { ResponseFlagName } from "../http/response-flags.ts";

const meanings: Readonly<Record<ResponseFlagName, string>> = {
  UH: "no healthy upstream host",
  UF: "upstream connection failed",
  UO: "a circuit breaker was full",
  UT: "upstream request timeout",
  UR: "upstream reset the stream",
  UC: "upstream closed the connection",
  URX: "retry limit reached",
  NR: "no route matched",
  NC: "the route's cluster does not exist",
  LR: "reset by the proxy",
  DC: "the client went away",
  SI: "stream idle timeout",
  UPE: "upstream protocol error",
  DO: "dropped: the cluster is overloaded",
  DF: "the name of the host was not found",
  UDO: "every request dropped: the cluster is overloaded",
  DI: "delayed by the fault filter",
  FI: "answered by the fault filter",
  RL: "over a rate limit",
  RLSE: "the rate-limit service failed",
  LH: "the proxy answers health checks with a failure",
  IH: "400: a request header of Envoy's own is malformed",
  DT: "the longest time of a connection was over",
  UMSDR: "an attempt lasted longer than it may",
};

/** What a response flag, several of them, or another cause of failure in a series, means in a few words. */
export function causeMeaning(cause: string): string {
  if (cause.includes(",")) return cause.split(",").map(causeMeaning).join("; ");
  if (Object.hasOwn(meanings, cause)) return meanings[cause as ResponseFlagName];
  if (cause === "timeout") return "the client's own timeout";
  if (cause === "lost") return "the connection broke without an answer";
  if (cause === "rejected") return "refused by the client's own library";
  if (cause === "0") return "unfinished when the run ended";
  return `answered with status ${cause}`;
}
