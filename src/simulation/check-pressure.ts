import { didYouMean } from "../decode/nearest.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { ProxyPlan } from "./plan.ts";
import type { PlanReport } from "./plan-report.ts";

/** Reports pressure on resources that a proxy does not watch. */
export function checkPressure({ faults }: Scenario, proxies: readonly ProxyPlan[], report: PlanReport): void {
  faults.forEach(({ target, pressure }, index) => {
    if (target.kind !== "proxy" || pressure === undefined) return;
    const proxy = proxies.find(({ name }) => name === target.proxy);
    if (proxy === undefined) return;
    const { overload } = proxy.config;
    for (const resource of pressure.keys()) {
      const monitors = overload?.monitors ?? [];
      if (monitors.includes(resource)) continue;
      const known = `it has: ${monitors.join(", ")}`;
      const remedy =
        overload === undefined ? "it has no overload_manager with an action that is simulated" : known;
      const message = `proxy "${proxy.name}" has no resource monitor "${resource}"${didYouMean(resource, monitors)}`;
      report(["faults", index, "pressure", resource], "dangling-name", message, remedy);
    }
  });
}
