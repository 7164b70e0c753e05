import type { HostChoice } from "../scenario/scenario.ts";

/** The hosts that a fault names, of all hosts of a service in the cluster's order. */
export function chosenHosts<T>(
  choice: HostChoice,
  hosts: readonly T[],
  addressOf: (host: T) => string,
): readonly T[] {
  switch (choice.kind) {
    case "all":
      return hosts;
    case "first":
      return hosts.slice(0, choice.count);
    case "share":
      return hosts.slice(0, Math.ceil(choice.share * hosts.length));
    case "addresses":
      return hosts.filter((host) => choice.addresses.includes(addressOf(host)));
  }
}
