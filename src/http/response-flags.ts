/**
 * Envoy's response flags that meshsim can set, as bits of one number; order is that of printing where the
 * order of setting is not kept. (Envoy 1.40, source/common/stream_info/utility.h.)
 */
export const ResponseFlag = {
  /** No healthy upstream. */
  UH: 1 << 0,
  /** Upstream connection failure. */
  UF: 1 << 1,
  /** Upstream overflow (a circuit breaker). */
  UO: 1 << 2,
  /** Upstream request timeout. */
  UT: 1 << 3,
  /** Upstream remote reset. */
  UR: 1 << 4,
  /** Upstream connection termination. */
  UC: 1 << 5,
  /** Upstream retry limit exceeded. */
  URX: 1 << 6,
  /** No route found. */
  NR: 1 << 7,
  /** No cluster found. */
  NC: 1 << 8,
  /** Local reset. */
  LR: 1 << 9,
  /** Downstream connection termination. */
  DC: 1 << 10,
  /** Stream idle timeout. */
  SI: 1 << 11,
  /** Upstream protocol error. */
  UPE: 1 << 12,
  /** Dropped because discovery says that the cluster is overloaded. */
  DO: 1 << 13,
  /** Every request is dropped because of it. */
  UDO: 1 << 14,
  /** Delay injected by the fault filter. */
  DI: 1 << 15,
  /** Answered by the fault filter. */
  FI: 1 << 16,
  /** Over a rate limit. */
  RL: 1 << 17,
  /** The rate-limit service failed. */
  RLSE: 1 << 18,
  /** This proxy says that it is not healthy. */
  LH: 1 << 19,
  /** The name of the upstream host was not found. */
  DF: 1 << 20,
  /** A request header of Envoy's own is malformed. */
  IH: 1 << 21,
  /** The longest time of a connection is over. */
  DT: 1 << 22,
  /** An attempt has lasted longer than its cluster, or a header of the request, allows. */
  UMSDR: 1 << 23,
} as const;

export type ResponseFlagName = keyof typeof ResponseFlag;

export const responseFlagNames = Object.keys(ResponseFlag) as ResponseFlagName[];

/** The names of the set flags, in code-unit order. */
export function namesOfFlags(flags: number): ResponseFlagName[] {
  return responseFlagNames.filter((name) => flags & ResponseFlag[name]).sort();
}
