import type { AbsolutePath } from "../decode/json-tree.ts";
import { listenerAddresses } from "./addresses.ts";
import type { ProxyPlan, ServicePlan } from "./plan.ts";
import type { PlanReport } from "./plan-report.ts";
import { addressesOf } from "./plan-services.ts";

/** Every address belongs to one host or one listener: reports the second that claims it. */
export function claimAddresses(
  services: readonly ServicePlan[],
  proxies: readonly ProxyPlan[],
  report: PlanReport,
): void {
  const owners = new Map<string, string>();
  const claim = (address: string, owner: string, path: AbsolutePath, remedy: string): void => {
    const other = owners.get(address);
    if (other === undefined) owners.set(address, owner);
    else report(path, "address-claimed-twice", `${owner} and ${other} both claim ${address}`, remedy);
  };
  for (const service of services) {
    const remedy = "two services cannot have the same host: leave one of them out, or use another cluster";
    for (const address of addressesOf(service))
      claim(address, `service "${service.name}"`, ["services", service.name], remedy);
  }
  for (const proxy of proxies) {
    const remedy = "give each proxy an address: of its own, and let its listeners listen on 0.0.0.0";
    for (const listener of listenerAddresses(proxy)) {
      for (const address of listener.addresses) {
        const owner = `listener "${listener.name}" of proxy "${proxy.name}"`;
        claim(address, owner, ["proxies", proxy.name, "address"], remedy);
      }
    }
  }
}
