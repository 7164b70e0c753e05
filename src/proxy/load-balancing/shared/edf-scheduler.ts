/** What an entry weighs at this moment; greater than 0. */
export type WeightOf<Entry> = (entry: Entry) => number;

/** Bound of the number of picks that a seed may skip; Envoy 1.40, edf_scheduler.h. */
const MOST_PREPICKS = 429496729;

/**
 * Earliest deadline first: each entry comes up at intervals of 1 / weight, so that every entry is picked in
 * proportion to its weight, spread evenly. Equal deadlines come up in the order of insertion. A weight is
 * asked for when its entry is put back, so that a change shows one round later
 * (Envoy 1.40, source/common/upstream/edf_scheduler.h).
 */
export class EdfScheduler<Entry> {
  /** A binary heap by (deadline, order) in three parallel arrays. */
  readonly #deadlines: number[] = [];
  readonly #orders: number[] = [];
  readonly #entries: Entry[] = [];
  readonly #weightOf: WeightOf<Entry>;
  /** Picks that have been looked at and not made yet; null: none. */
  #peeked: Entry[] | null = null;
  #time = 0;
  #nextOrder = 0;

  constructor(weightOf: WeightOf<Entry>) {
    this.#weightOf = weightOf;
  }

  /**
   * A scheduler from which a number of picks given by the seed have been made already, without making most
   * of them: workers that start together thus do not all begin with the heaviest host. `seed` is a whole
   * number in [0, 2^32).
   */
  static createWithPicks<Entry>(
    entries: readonly Entry[],
    weightOf: WeightOf<Entry>,
    seed: number,
  ): EdfScheduler<Entry> {
    const scheduler = new EdfScheduler(weightOf);
    const picks = seed % MOST_PREPICKS;
    // Envoy adds this to be safe against weights of 0.
    const weights = entries.map((entry) => weightOf(entry) + 1e-13);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let picked = 0;
    entries.forEach((entry, i) => {
      const skipped = wholePicks(weights[i]!, picks, total);
      picked += skipped;
      scheduler.#time = Math.max(scheduler.#time, skipped / weights[i]!);
      scheduler.#push((skipped + 1) / weights[i]!, entry);
    });
    for (; picked < picks; picked++) scheduler.pickAndAdd();
    return scheduler;
  }

  add(entry: Entry): void {
    this.#push(this.#time + 1.0 / this.#weightOf(entry), entry);
  }

  /** The entry with the earliest deadline, which is put back by its present weight; at least one is needed. */
  pickAndAdd(): Entry {
    return this.#peeked === null ? this.#take() : this.#takePeeked(this.#peeked);
  }

  /** What the next pick will be, then that after it, and so on; weights count as of now. */
  peekAgain(): Entry {
    const entry = this.#take();
    this.#peeked ??= [];
    this.#peeked.push(entry);
    return entry;
  }

  #takePeeked(peeked: Entry[]): Entry {
    const entry = peeked.shift()!;
    if (peeked.length === 0) this.#peeked = null;
    return entry;
  }

  #take(): Entry {
    const entry = this.#entries[0]!;
    this.#time = this.#deadlines[0]!;
    this.#sink(this.#time + 1.0 / this.#weightOf(entry), this.#nextOrder++, entry);
    return entry;
  }

  #push(deadline: number, entry: Entry): void {
    const order = this.#nextOrder++;
    let i = this.#entries.length;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      // A newcomer has the latest order, so that it passes only later deadlines.
      if (this.#deadlines[parent]! <= deadline) break;
      this.#move(parent, i);
      i = parent;
    }
    this.#place(i, deadline, order, entry);
  }

  /** Puts an entry in the place of the first and lets it sink to where it belongs. */
  #sink(deadline: number, order: number, entry: Entry): void {
    const size = this.#entries.length;
    let i = 0;
    for (let child = 1; child < size; child = 2 * i + 1) {
      if (child + 1 < size && this.#isBefore(child + 1, child)) child++;
      if (this.#deadlines[child]! > deadline) break;
      this.#move(child, i);
      i = child;
    }
    this.#place(i, deadline, order, entry);
  }

  #isBefore(a: number, b: number): boolean {
    const difference = this.#deadlines[a]! - this.#deadlines[b]!;
    return difference < 0 || (difference === 0 && this.#orders[a]! < this.#orders[b]!);
  }

  #move(from: number, to: number): void {
    this.#place(to, this.#deadlines[from]!, this.#orders[from]!, this.#entries[from]!);
  }

  #place(i: number, deadline: number, order: number, entry: Entry): void {
    this.#deadlines[i] = deadline;
    this.#orders[i] = order;
    this.#entries[i] = entry;
  }
}

/** How many of the first picks surely went to an entry of this weight. */
function wholePicks(weight: number, picks: number, total: number): number {
  const whole = Math.trunc((weight * picks) / total);
  return whole > 0 && whole / weight >= picks / total ? whole - 1 : whole;
}
