import { formatDuration } from "../decode/quantity.ts";
import type { FaultSpec, FaultTarget, HostChoice, Scenario } from "../scenario/scenario.ts";
import type { Selector } from "../scenario/selector.ts";
import type { FaultMark } from "./result.ts";

/** The faults that hold during the run, for charts and summaries. */
export function faultMarks({ faults, duration }: Scenario): FaultMark[] {
  return faults
    .filter(({ at }) => at < duration)
    .map((fault) => ({
      name: fault.name,
      text: `${targetText(fault.target)}: ${effectText(fault)}`,
      from: fault.at,
      to: Math.min(fault.at + fault.for, duration),
    }));
}

/** The same for changes. */
export function changeMarks({ changes, duration }: Scenario): FaultMark[] {
  return changes
    .filter(({ at }) => at < duration)
    .map(({ name, at, proxies, admin }) => ({
      name,
      text: `proxy ${proxies.join(", ")}: ${admin.path}`,
      from: at,
      to: at,
    }));
}

function targetText(target: FaultTarget): string {
  switch (target.kind) {
    case "service":
      return `service ${target.service}${hostsText(target.hosts)}`;
    case "proxy":
      return `proxy ${target.proxy}`;
    case "zone":
      return `zone ${target.zone}`;
    case "link":
      return `link ${selectorText(target.from)} to ${selectorText(target.to)}`;
  }
}

function hostsText(choice: HostChoice): string {
  switch (choice.kind) {
    case "all":
      return "";
    case "first":
      return `, ${choice.count} ${choice.count === 1 ? "host" : "hosts"}`;
    case "share":
      return `, ${choice.share * 100}% of the hosts`;
    case "addresses":
      return `, ${choice.addresses.join(", ")}`;
  }
}

function selectorText(selector: Selector): string {
  switch (selector.kind) {
    case "any":
      return "*";
    case "address":
      return selector.address;
    case "zone":
      return `zone:${selector.zone}`;
    default:
      return `${selector.kind}:${selector.name}`;
  }
}

function effectText(fault: FaultSpec): string {
  const { slow, time, errors, down, hang, pause, reset, latency, addLatency, loss, cut, pressure } = fault;
  const parts = [
    down === true && "down",
    hang === true && "hangs",
    pause === true && "paused",
    cut === true && "cut",
    slow !== undefined && `${slow} times slower`,
    time !== undefined && "other service time",
    errors !== undefined &&
      `errors ${errors.map(({ status, share }) => `${status} ${share * 100}%`).join(", ")}`,
    reset !== undefined && `${reset * 100}% reset`,
    latency !== undefined && "other latency",
    addLatency?.kind === "constant" && `+${formatDuration(addLatency.value)} latency`,
    addLatency !== undefined && addLatency.kind !== "constant" && "added latency",
    pressure !== undefined && [...pressure].map(([of, share]) => `${of} at ${share * 100}%`).join(", "),
    loss !== undefined && `${loss * 100}% loss`,
  ];
  return parts.filter((part) => part !== false).join(", ");
}
