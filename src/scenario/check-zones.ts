import { type AbsolutePath, childOf } from "../decode/json-tree.ts";
import { didYouMean } from "../decode/nearest.ts";
import type { Problems } from "../decode/problem.ts";
import type { ScenarioDocument } from "./document.ts";

/**
 * Reports zones that a link or a fault names and nobody is in. `envoyZones` are those of Envoy's localities:
 * the zones of endpoints and of the proxies' nodes.
 */
export function checkZones(
  document: ScenarioDocument,
  envoyZones: Iterable<string>,
  problems: Problems,
): void {
  const known = new Set([...ownZones(document), ...envoyZones]);
  for (const { path, zone, start } of zoneReferences(document)) {
    if (known.has(zone)) continue;
    const message = `nobody is in a zone "${zone}"${didYouMean(zone, known)}`;
    const remedy =
      known.size === 0 ? "give zones to clients, proxies or services" : `there is ${[...known].join(", ")}`;
    document.report(problems, { path, start, end: start + zone.length }, "dangling-name", message, {
      remedy,
    });
  }
}

/** The zones that the scenario itself gives, in the order of the file. */
function ownZones(document: ScenarioDocument): string[] {
  return ["clients", "services", "proxies"].flatMap((section) =>
    document.keys(section).flatMap((name) => {
      const zone = document.at([section, name, "zone"]);
      return [zone].flat().filter((each) => typeof each === "string");
    }),
  );
}

interface ZoneReference {
  readonly path: AbsolutePath;
  readonly zone: string;
  /** Where the zone's name begins in the text at the path. */
  readonly start: number;
}

function zoneReferences(document: ScenarioDocument): ZoneReference[] {
  const links = document.items(["network", "links"]);
  const faults = document.items(["faults"]);
  const ends = [...links, ...faults, ...faults.map((fault) => [...fault, "link"])];
  const selected = ends
    .flatMap((path) => ["from", "to"].map((end) => [...path, end]))
    .flatMap((path): ZoneReference[] => {
      const text = document.at(path);
      return typeof text === "string" && text.startsWith("zone:")
        ? [{ path, zone: text.slice(5), start: 5 }]
        : [];
    });
  const hit = faults.flatMap((fault): ZoneReference[] => {
    const zone = childOf(document.at(fault), "zone");
    return typeof zone === "string" ? [{ path: [...fault, "zone"], zone, start: 0 }] : [];
  });
  return [...selected, ...hit];
}
