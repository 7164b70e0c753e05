import { canonical } from "./canonical.ts";
import type { Recording, Row } from "./recording.ts";
import type { EventsRule } from "./rules.ts";

interface HostEvent {
  readonly at: number;
  /** All that is said of it but the time. */
  readonly text: string;
}

export function compareEventTimes(recorded: Recording, actual: Recording, rule: EventsRule): string[] {
  const wanted = byHost(recorded[rule.file], rule);
  const found = byHost(actual[rule.file], rule);
  const hosts = [...new Set([...wanted.keys(), ...found.keys()])].sort();
  return hosts.flatMap((host) => compareHost(host, wanted.get(host) ?? [], found.get(host) ?? [], rule));
}

/** The first difference only: those behind it follow from it. */
function compareHost(
  host: string,
  wanted: readonly HostEvent[],
  found: readonly HostEvent[],
  { file, until_ms, within_ms }: EventsRule,
): string[] {
  for (let k = 0; k < Math.max(wanted.length, found.length); k++) {
    const [one, other] = [wanted[k], found[k]];
    const mayBeMissing = (event: HostEvent) => event.at > until_ms - within_ms;
    if (one === undefined || other === undefined) {
      if (mayBeMissing((one ?? other)!)) return [];
    } else if (one.text === other.text && Math.abs(one.at - other.at) <= within_ms) {
      continue;
    }
    return [`${file} at ${host} no. ${k}: recorded ${textOf(one)}, got ${textOf(other)}`];
  }
  return [];
}

function byHost(events: readonly Row[], { until_ms, without = [] }: EventsRule): Map<string, HostEvent[]> {
  const result = new Map<string, HostEvent[]>();
  for (const { at_ms, host, ...event } of events) {
    if ((at_ms as number) > until_ms) continue;
    const list = result.get(host as string) ?? [];
    const compared = Object.entries(event).filter(([name]) => !without.includes(name));
    list.push({ at: at_ms as number, text: canonical(Object.fromEntries(compared)) });
    result.set(host as string, list);
  }
  return result;
}

function textOf(event: HostEvent | undefined): string {
  return event === undefined ? "nothing" : `${event.text} at ${event.at}`;
}
