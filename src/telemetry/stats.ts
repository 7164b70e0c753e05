/** A count that only rises, such as `cluster.checkout.upstream_rq_total`. */
export class Counter {
  value = 0;
}

/** A level that rises and falls, such as `cluster.checkout.upstream_rq_active`. */
export class Gauge {
  value = 0;
}

/**
 * The statistics of one proxy process under Envoy's names. Whoever counts asks for its counter once, when
 * configuration is compiled, and keeps the object; names matter only when statistics are printed.
 */
export class Stats {
  readonly #byName = new Map<string, Counter | Gauge>();

  counter(name: string): Counter {
    return this.#get(name, Counter);
  }

  gauge(name: string): Gauge {
    return this.#get(name, Gauge);
  }

  /** Everything that is not zero, in code-unit order of the names. */
  nonzero(): [name: string, value: number][] {
    const entries: [string, number][] = [];
    for (const [name, { value }] of this.#byName) if (value !== 0) entries.push([name, value]);
    return entries.sort(([a], [b]) => (a < b ? -1 : 1));
  }

  #get<T extends Counter | Gauge>(name: string, kind: new () => T): T {
    let stat = this.#byName.get(name);
    if (stat === undefined) this.#byName.set(name, (stat = new kind()));
    return stat as T;
  }
}
