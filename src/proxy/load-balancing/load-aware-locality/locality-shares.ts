/** One locality: how many hosts, and how busy they are on average; null where that is not known. */
export interface LocalityLoad {
  readonly hosts: number;
  readonly utilization: number | null;
}

export interface ShareOptions {
  /** By how much the own locality may be busier than the others and still get everything. */
  readonly varianceThreshold: number;
  /** Least share of requests for other localities, so that their load stays known. */
  readonly probeFraction: number;
}

export interface LocalityShares {
  readonly weights: readonly number[];
  readonly total: number;
  /** Whether no locality had room, so that the number of hosts decides. */
  readonly isOverloaded: boolean;
  readonly prefersLocal: boolean;
  /** Whether requests are sent elsewhere only to learn how busy it is there. */
  readonly probes: boolean;
}

/**
 * Shares of requests by the room that localities have: hosts * (1 - utilisation), where the utilisation is not
 * known the hosts alone; the own locality gets everything unless it is busier than the others (Envoy's
 * load_aware_locality, which is experimental: reference section 23).
 */
export function sharesOf(
  loads: readonly LocalityLoad[],
  hasLocal: boolean,
  { varianceThreshold, probeFraction }: ShareOptions,
): LocalityShares {
  let weights = loads.map(({ hosts, utilization }) => hosts * Math.max(0, 1 - (utilization ?? 0)));
  const prefersLocal =
    hasLocal &&
    weights[0]! > 0 &&
    (loads[0]!.utilization ?? 0) <= meanUtilization(loads.slice(1)) + varianceThreshold;
  if (prefersLocal) weights = weights.map((_, i) => (i === 0 ? 1 : 0));
  const probed = hasLocal ? probe(weights, loads, probeFraction) : null;
  if (probed !== null) weights = probed;
  const isOverloaded = sum(weights) === 0 && sum(loads.map(({ hosts }) => hosts)) > 0;
  if (isOverloaded) weights = loads.map(({ hosts }) => hosts);
  return { weights, total: sum(weights), isOverloaded, prefersLocal, probes: probed !== null };
}

/** Takes from the own locality what the others lack of their least share; null when they have it. */
function probe(
  weights: readonly number[],
  loads: readonly LocalityLoad[],
  fraction: number,
): number[] | null {
  const remoteHosts = sum(loads.slice(1).map(({ hosts }) => hosts));
  const total = sum(weights);
  const deficit = fraction * total - sum(weights.slice(1));
  if (remoteHosts === 0 || total === 0 || deficit <= 0) return null;
  return weights.map((weight, i) =>
    i === 0 ? weight - deficit : weight + (deficit * loads[i]!.hosts) / remoteHosts,
  );
}

/** Weighted by hosts. */
function meanUtilization(loads: readonly LocalityLoad[]): number {
  const hosts = sum(loads.map((load) => load.hosts));
  return hosts === 0 ? 0 : sum(loads.map((load) => load.hosts * (load.utilization ?? 0))) / hosts;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
