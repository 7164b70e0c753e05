import { didYouMean } from "../decode/nearest.ts";
import type { FaultSpec, Scenario } from "../scenario/scenario.ts";
import { chosenHosts } from "./chosen-hosts.ts";
import type { ServicePlan } from "./plan.ts";
import type { PlanReport } from "./plan-report.ts";

/** What hosts can suffer and proxies, in this release, cannot. */
const HOST_ONLY = ["slow", "time", "errors", "hang", "pause", "reset"] as const;

/** Reports faults that name hosts which a service does not have, or do what their target cannot suffer. */
export function checkFaults(
  { faults }: Scenario,
  services: readonly ServicePlan[],
  report: PlanReport,
): void {
  faults.forEach((fault, index) => {
    checkHosts(fault, index, services, report);
    const unsupported =
      fault.target.kind === "proxy" && HOST_ONLY.find((effect) => fault[effect] !== undefined);
    if (unsupported) {
      report(
        ["faults", index, unsupported],
        "not-supported",
        `not simulated yet: ${unsupported} on a proxy`,
        "proxies can be down, and links to them can be slowed, lossy or cut",
      );
    }
  });
}

function checkHosts(
  { target }: FaultSpec,
  index: number,
  services: readonly ServicePlan[],
  report: PlanReport,
): void {
  if (target.kind !== "service") return;
  const service = services.find(({ name }) => name === target.service);
  if (service === undefined || service.hosts.length === 0) return;
  const addresses = service.hosts.map(({ address }) => address);
  const path = ["faults", index, "hosts"];
  if (target.hosts.kind === "first" && target.hosts.count > addresses.length) {
    const message = `service "${service.name}" has ${addresses.length} hosts, not ${target.hosts.count}`;
    report(path, "out-of-range", message, `name at most ${addresses.length}`);
  }
  if (target.hosts.kind === "addresses") {
    for (const address of target.hosts.addresses) {
      if (addresses.includes(address)) continue;
      const message = `service "${service.name}" has no host ${address}${didYouMean(address, addresses)}`;
      report(path, "dangling-name", message, `it has: ${addresses.slice(0, 12).join(", ")}`);
    }
  }
  if (
    target.hosts.kind === "share" &&
    chosenHosts(target.hosts, addresses, (address) => address).length === 0
  ) {
    report(path, "out-of-range", "this share is of no host at all", "name a share above 0%");
  }
}
