import type { Station } from "../network/station.ts";
import type { Selector } from "../scenario/selector.ts";

/** Whether a link's or a fault's selector means this station. An address may leave the port out. */
export function matchesSelector(selector: Selector, station: Station): boolean {
  switch (selector.kind) {
    case "any":
      return true;
    case "zone":
      return station.zone === selector.zone;
    case "address":
      return station.address === selector.address || station.address.startsWith(`${selector.address}:`);
    default:
      return station.kind === selector.kind && station.of === selector.name;
  }
}
