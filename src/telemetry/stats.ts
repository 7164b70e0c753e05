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
  /** Values of counters when the process started; then what they had counted from there to `countFromNow`. */
  #earlier: ReadonlyMap<Counter, number> = new Map();

  #leavesOut = false;

  counter(name: string): Counter {
    return this.#get(name, Counter);
  }

  gauge(name: string): Gauge {
    return this.#get(name, Gauge);
  }

  /** The process starts; what counters say so far, such as its first members, stays. */
  start(): void {
    this.#earlier = new Map(this.#counters().map((counter) => [counter, counter.value]));
  }

  /** What has been counted since `start` is left out when statistics are printed. */
  countFromNow(): void {
    const atStart = this.#earlier;
    this.#earlier = new Map(
      this.#counters().map((counter) => [counter, counter.value - (atStart.get(counter) ?? 0)]),
    );
    this.#leavesOut = true;
  }

  /** Everything that is not zero, in code-unit order of the names. */
  nonzero(): [name: string, value: number][] {
    const entries: [string, number][] = [];
    for (const [name, stat] of this.#byName) {
      const earlier = this.#leavesOut ? (this.#earlier.get(stat) ?? 0) : 0;
      if (stat.value !== earlier) entries.push([name, stat.value - earlier]);
    }
    return entries.sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Of everything that has been asked for so far, zero or not. */
  names(): string[] {
    return [...this.#byName.keys()];
  }

  #counters(): Counter[] {
    return [...this.#byName.values()].filter((stat) => stat instanceof Counter);
  }

  #get<T extends Counter | Gauge>(name: string, kind: new () => T): T {
    let stat = this.#byName.get(name);
    if (stat === undefined) this.#byName.set(name, (stat = new kind()));
    return stat as T;
  }
}
