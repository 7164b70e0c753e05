/** Where a host or a proxy is, as Envoy names it. */
export interface Locality {
  readonly region: string;
  readonly zone: string;
  readonly subZone: string;
}

export const NO_LOCALITY: Locality = { region: "", zone: "", subZone: "" };
