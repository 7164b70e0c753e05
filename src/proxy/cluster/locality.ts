/** Where a host or a proxy is, as Envoy names it. */
export interface Locality {
  readonly region: string;
  readonly zone: string;
  readonly subZone: string;
}

export const NO_LOCALITY: Locality = { region: "", zone: "", subZone: "" };

/** A text by which localities are told apart: equal exactly for equal localities. */
export function localityKey({ region, zone, subZone }: Locality): string {
  return JSON.stringify([region, zone, subZone]);
}

/** Envoy's order of localities: by region, then zone, then sub-zone. */
export function compareLocalities(a: Locality, b: Locality): number {
  return (
    compareTexts(a.region, b.region) || compareTexts(a.zone, b.zone) || compareTexts(a.subZone, b.subZone)
  );
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Configured weights of localities by `localityKey`; a locality that is missing has weight 0. */
export type LocalityWeights = ReadonlyMap<string, number>;
