const INITIAL_CAPACITY = 16;

/** A first-in-first-out queue in a ring, which grows as needed; `push` and `shift` take constant time. */
export class Fifo<T> {
  private items: (T | undefined)[] = new Array(INITIAL_CAPACITY).fill(undefined);
  private head = 0;
  private count = 0;
  /** Capacity less one; a capacity is a power of two. */
  private mask = INITIAL_CAPACITY - 1;

  get length(): number {
    return this.count;
  }

  push(item: T): void {
    if (this.count > this.mask) this.grow();
    this.items[(this.head + this.count++) & this.mask] = item;
  }

  /** Takes the oldest out; undefined when there is none. */
  shift(): T | undefined {
    if (this.count === 0) return undefined;
    const item = this.items[this.head];
    this.items[this.head] = undefined;
    this.head = (this.head + 1) & this.mask;
    this.count--;
    return item;
  }

  /** The oldest; undefined when there is none. */
  peek(): T | undefined {
    return this.items[this.head];
  }

  /**
   * Takes the first occurrence of an item out, from wherever it stands; false when it is not in. Time grows
   * with length.
   */
  delete(item: T): boolean {
    for (let index = 0; index < this.count; index++) {
      if (this.items[(this.head + index) & this.mask] !== item) continue;
      this.closeGap(index);
      return true;
    }
    return false;
  }

  clear(): void {
    this.items.fill(undefined);
    this.head = 0;
    this.count = 0;
  }

  /** From the oldest to the newest. The queue must not be changed meanwhile. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (let index = 0; index < this.count; index++) yield this.items[(this.head + index) & this.mask] as T;
  }

  private closeGap(index: number): void {
    const last = --this.count;
    for (let i = index; i < last; i++) {
      this.items[(this.head + i) & this.mask] = this.items[(this.head + i + 1) & this.mask];
    }
    this.items[(this.head + last) & this.mask] = undefined;
  }

  private grow(): void {
    const items = new Array<T | undefined>(this.count * 2).fill(undefined);
    for (let index = 0; index < this.count; index++)
      items[index] = this.items[(this.head + index) & this.mask];
    this.items = items;
    this.head = 0;
    this.mask = items.length - 1;
  }
}
