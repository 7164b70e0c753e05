const PLACE_BITS = 28;
const PLACE_MASK = (1 << PLACE_BITS) - 1;

/** Gives out the numbers of stations, in the order in which a world is built, and of places, by their names. */
export class StationNumbers {
  private readonly addresses: string[] = [];
  private readonly places = new Set<number>();
  private readonly byAddress = new Map<string, number>();

  /** A number for a station; it can be found again by its address. */
  station(address: string): number {
    const number = this.addresses.push(address) - 1;
    this.byAddress.set(address, number);
    return number;
  }

  /** Lets the station of this number be found by another address too. */
  alsoAt(address: string, number: number): void {
    this.byAddress.set(address, number);
  }

  /**
   * A number for a client, a proxy or a service: its place in a request's own chance. It follows from kind and name
   * alone (but for the one in 10^8 pairs that would share a number), so what else is in the world changes no luck.
   */
  place(kind: "client" | "proxy" | "service", name: string): number {
    let place = hash28(`${kind} ${name}`);
    while (this.places.has(place)) place = (place + 1) & PLACE_MASK;
    this.places.add(place);
    return place;
  }

  /** Where the station of this number is; undefined where there is none. */
  addressOf(number: number): string | undefined {
    return this.addresses[number];
  }

  /** The number of the station at `ip:port`; -1 where there is none. */
  at(address: string): number {
    return this.byAddress.get(address) ?? -1;
  }
}

/** FNV-1a of the UTF-16 code units, folded to 28 bits. */
function hash28(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return ((hash >>> PLACE_BITS) ^ hash) & PLACE_MASK;
}
