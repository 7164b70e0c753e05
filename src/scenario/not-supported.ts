import type { AbsolutePath } from "../decode/json-tree.ts";
import type { Problems } from "../decode/problem.ts";
import type { ScenarioDocument } from "./document.ts";
import { configurationChanges } from "./schema/change.ts";

/** Reports what the scenario format has and this version does not simulate, so that nothing is ignored in silence. */
export function reportNotSupported(document: ScenarioDocument, problems: Problems): void {
  const report = (path: AbsolutePath, what: string): void => {
    const value = document.at(path);
    if (value === undefined || (Array.isArray(value) && value.length === 0)) return;
    const remedy = `leave out "${path.findLast((step) => typeof step === "string")}" for now`;
    document.report(problems, { path, which: "key" }, "not-supported", `not simulated yet: ${what}`, {
      remedy,
    });
  };
  for (const path of changesOfConfiguration(document)) report(path, "changes of configuration during a run");
  for (const proxy of document.keys("proxies"))
    report(["proxies", proxy, "beside"], "a sidecar beside each host of a service");
  for (const service of document.keys("services"))
    report(["services", service, "calls"], "calls of one service to others");
  for (const fault of document.items(["faults"]))
    report([...fault, "controlplane"], "faults of the control plane");
}

/** All changes at once, where none of them is simulated. */
function changesOfConfiguration(document: ScenarioDocument): AbsolutePath[] {
  const changes = document.items(["changes"]);
  const has = (change: AbsolutePath, key: string) => document.at([...change, key]) !== undefined;
  const found = changes.flatMap((change) =>
    has(change, "admin")
      ? []
      : configurationChanges.filter((key) => has(change, key)).map((key) => [...change, key]),
  );
  return found.length > 0 && !changes.some((change) => has(change, "admin")) ? [["changes"]] : found;
}
