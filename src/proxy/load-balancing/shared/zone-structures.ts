/** How much of something there is in one locality: hosts, or the sum of their weights. */
export interface ZoneValue {
  readonly key: string;
  readonly value: number;
}

/** What decides how a proxy in one zone shares its requests out over the zones of an upstream cluster. */
export interface ZoneSituation {
  /** Healthy proxies of the local cluster, by locality. */
  readonly local: readonly ZoneValue[];
  /** Healthy hosts of the upstream cluster, by locality, the proxy's own first if `hasLocal`. */
  readonly upstream: readonly ZoneValue[];
  readonly hasLocal: boolean;
  /** Number of healthy hosts in the first group. */
  readonly firstGroupSize: number;
  readonly forcedMinimum: number | null;
}

/** The decision; shares are in hundredths of a percent. */
export interface ZoneStructures {
  /** `direct`: all to the own zone; `residual`: what the own zone cannot take goes to zones with room. */
  readonly state: "direct" | "residual";
  /** For each upstream locality the share of proxies and the share of hosts in it. */
  readonly percentages: readonly (readonly [local: number, upstream: number])[];
  /** Share of this proxy's requests that stays in its zone. */
  readonly localPercentToRoute: number;
  /** Running sums of the room in each locality. */
  readonly residualCapacity: readonly number[];
}

/** Envoy 1.40, `regenerateLocalityRoutingStructures` in .../common/load_balancer_impl.cc; every division truncates. */
export function zoneStructures(situation: ZoneSituation): ZoneStructures {
  const { hasLocal, firstGroupSize, forcedMinimum } = situation;
  const percentages = sharesOf(situation);
  const [ownLocal, ownUpstream] = hasLocal ? percentages[0]! : [0, 0];
  const isEven = ownUpstream > 0 && ownUpstream >= ownLocal;
  const isForced = forcedMinimum !== null && firstGroupSize >= forcedMinimum;
  if (hasLocal && (isEven || isForced))
    return { state: "direct", percentages, localPercentToRoute: 0, residualCapacity: [] };
  return {
    state: "residual",
    percentages,
    localPercentToRoute: ownLocal > 0 ? Math.floor((ownUpstream * 10_000) / ownLocal) : 0,
    residualCapacity: residualsOf(percentages, hasLocal),
  };
}

function sharesOf({ local, upstream }: ZoneSituation): [number, number][] {
  const totalLocal = local.reduce((sum, { value }) => sum + value, 0);
  const totalUpstream = upstream.reduce((sum, { value }) => sum + value, 0);
  const localValues = new Map(local.map(({ key, value }) => [key, value]));
  return upstream.map(({ key, value }) => {
    if (value === 0) return [0, 0];
    return [share(localValues.get(key) ?? 0, totalLocal), share(value, totalUpstream)];
  });
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.floor((10_000 * part) / whole);
}

function residualsOf(percentages: readonly (readonly [number, number])[], hasLocal: boolean): number[] {
  let sum = 0;
  return percentages.map(([local, upstream], i) => {
    if (i > 0 || !hasLocal) sum += Math.max(0, upstream - local);
    return sum;
  });
}
