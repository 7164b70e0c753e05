/** What must hold in every world. */
export const properties = {
  ends: "each client request ends exactly once",
  limits: "no limit is exceeded at any instant",
  agreement: "clients, proxies and hosts agree, each by its own count",
  time: "time never runs backwards, and nothing is faster than the path to a host and back",
  drained: "nothing is left active when traffic has ended",
} as const;

export type PropertyName = keyof typeof properties;

/** More findings of one world say nothing new. */
const MAX_FINDINGS = 5;

/** What was found against the properties in one world. */
export class Findings {
  private readonly byProperty = new Map<PropertyName, string[]>();

  /** The description of what is found is made only where something is. */
  expect(holds: boolean, property: PropertyName, describe: () => string): void {
    if (!holds) this.add(property, describe());
  }

  equal(property: PropertyName, what: string, actual: number, expected: number): void {
    if (actual !== expected) this.add(property, `${what}: ${actual}, expected ${expected}`);
  }

  atMost(property: PropertyName, what: string, actual: number, limit: number): void {
    if (!(actual <= limit)) this.add(property, `${what}: ${actual}, more than ${limit}`);
  }

  add(property: PropertyName, text: string): void {
    const list = this.byProperty.get(property) ?? [];
    this.byProperty.set(property, list);
    if (list.length < MAX_FINDINGS) list.push(text);
  }

  get all(): readonly string[] {
    return [...this.byProperty.values()].flat();
  }

  of(property: PropertyName): readonly string[] {
    return this.byProperty.get(property) ?? [];
  }
}
