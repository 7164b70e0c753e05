/** Gives out the numbers of stations and places, in the order in which a world is built. */
export class StationNumbers {
  private stations = 0;
  private places = 0;
  private readonly byAddress = new Map<string, number>();

  /** A number for a station; it can be found again by its address. */
  station(address: string): number {
    const number = this.stations++;
    this.byAddress.set(address, number);
    return number;
  }

  /** A number for a client, a proxy or a service: its place in a request's own chance. */
  place(): number {
    return this.places++;
  }

  /** The number of the station at `ip:port`; -1 where there is none. */
  at(address: string): number {
    return this.byAddress.get(address) ?? -1;
  }
}
