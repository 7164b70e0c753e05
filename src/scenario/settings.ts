import type { AbsolutePath } from "../decode/json-tree.ts";
import { didYouMean } from "../decode/nearest.ts";
import type { Location, Problems } from "../decode/problem.ts";
import { resolveSettingPath, type Setting } from "../decode/setting-path.ts";
import { splitProxy } from "../decode/setting-path-grammar.ts";
import { SourceFile } from "../decode/source-file.ts";
import { type MapEntry, plainNode, plainValue, type Span, type TextNode } from "../decode/text-node.ts";
import { readYaml } from "../decode/yaml-text.ts";
import { ScenarioDocument } from "./document.ts";
import { scenarioKeys } from "./schema/scenario-schema.ts";

/** A setting whose value knows the places of its parts. */
export interface NodeSetting extends Setting {
  readonly node: TextNode;
}

/** Settings split by what they address. Paths have lost their `PROXY:`. */
export interface SplitSettings {
  readonly scenario: readonly Setting[];
  readonly proxies: ReadonlyMap<string, readonly Setting[]>;
}

/** The settings of a variant (or of any other mapping from paths to values) in the order of the file. */
export function settingsAt(document: ScenarioDocument, path: AbsolutePath): NodeSetting[] {
  return document.entries(path).map((entry) => ({
    path: entry.key,
    value: plainValue(entry.value),
    location: document.locateText([...path, entry.key], 0, entry.key.length, "key"),
    valueLocation: document.locate([...path, entry.key]),
    node: entry.value,
  }));
}

/** What the text of a setting is called as a file: with several of them, each under a name of its own. */
export function settingSource(option: string, argument: string, count: number): string {
  return count === 1 ? option : `${option} ${argument}`;
}

/**
 * A setting as given on the command line: `PATH=VALUE` with the value in YAML. Its locations are in a file
 * called `source` whose text is the argument.
 */
export function parseSetting(
  argument: string,
  problems: Problems,
  source = "--set",
): NodeSetting | undefined {
  const file = new SourceFile(source, argument);
  const equals = findEquals(argument);
  if (equals < 1 || argument.slice(equals + 1).trim() === "") {
    const message = `"${argument}" is not PATH=VALUE`;
    const remedy = "write it like clients.web.timeout=2s; PATH=null removes";
    problems.add({
      severity: "error",
      code: "path-syntax",
      message,
      remedy,
      location: file.locate(0, argument.length),
      path: "",
    });
    return undefined;
  }
  // Blanks in place of the path keep the columns right.
  const node = readYaml(
    new SourceFile(source, " ".repeat(equals + 1) + argument.slice(equals + 1)),
    problems,
  );
  if (node === undefined) return undefined;
  const location = file.locate(0, equals);
  return {
    path: argument.slice(0, equals),
    value: plainValue(node),
    location,
    valueLocation: node.span.location,
    node,
  };
}

/** Separates settings of the scenario from those of proxies; a proxy that does not exist is reported. */
export function splitSettings(
  settings: readonly Setting[],
  proxies: readonly string[],
  problems: Problems,
): SplitSettings {
  const scenario: Setting[] = [];
  const byProxy = new Map<string, Setting[]>();
  for (const setting of settings) {
    const { proxy, path, offset } = splitProxy(setting.path);
    if (proxy === undefined) scenario.push(setting);
    else if (proxies.includes(proxy)) {
      const location = part(setting.location, offset, setting.path.length);
      byProxy.set(proxy, [...(byProxy.get(proxy) ?? []), { ...setting, path, location }]);
    } else {
      const message = `there is no proxy "${proxy}"${didYouMean(proxy, proxies)}`;
      reportSetting(setting, 0, offset - 1, "dangling-name", message, problems);
    }
  }
  return { scenario, proxies: byProxy };
}

/** The scenario with settings of its own applied in order. Paths without exactly one match are reported and skipped. */
export function applyToScenario(
  document: ScenarioDocument,
  settings: readonly Setting[],
  problems: Problems,
): ScenarioDocument {
  let { root } = document;
  for (const setting of settings) {
    const resolved = resolveSettingPath(plainValue(root), setting.path, {
      rootKeys: scenarioKeys,
      namedMaps: ["proxies", "services", "clients"],
    });
    if (!resolved.ok) {
      reportSetting(setting, resolved.start, resolved.end, resolved.code, resolved.message, problems);
      continue;
    }
    const node = setting.value === null ? undefined : nodeOf(setting);
    const keySpan = { location: setting.location };
    // From the end, so that removing an element of a list does not move those still to be removed.
    for (const path of resolved.paths.toReversed()) root = setNode(root, path, node, keySpan);
  }
  return new ScenarioDocument(document.file, root);
}

function reportSetting(
  setting: Setting,
  start: number,
  end: number,
  code: string,
  message: string,
  problems: Problems,
): void {
  problems.add({
    severity: "error",
    code,
    message,
    remedy: "",
    location: part(setting.location, start, end),
    path: setting.path,
  });
}

/** Some characters of a path; all of it, where its place in the file shows it in another spelling. */
function part(path: Location, start: number, end: number): Location {
  if (end > path.length) return path;
  return { ...path, column: path.column + start, length: Math.max(1, end - start) };
}

/** Where the path of `PATH=VALUE` ends; -1 where there is no `=` outside brackets. */
export function findEquals(argument: string): number {
  let depth = 0;
  for (let at = 0; at < argument.length; at++) {
    if (argument[at] === "[") depth++;
    else if (argument[at] === "]") depth--;
    else if (argument[at] === "=" && depth <= 0) return at;
  }
  return -1;
}

function nodeOf(setting: Setting & Partial<NodeSetting>): TextNode {
  return setting.node ?? plainNode(setting.value, { location: setting.valueLocation });
}

/** A copy of the tree with another node (or none) at a path; what is missing on the way is created. */
function setNode(here: TextNode, path: AbsolutePath, node: TextNode | undefined, keySpan: Span): TextNode {
  const [step, ...rest] = path;
  const child = (existing: TextNode | undefined): TextNode | undefined => {
    if (rest.length === 0) return node;
    const begun = existing?.kind === "scalar" ? undefined : existing;
    return begun === undefined && node === undefined
      ? undefined
      : setNode(begun ?? empty(rest[0]!, keySpan), rest, node, keySpan);
  };
  if (here.kind === "list") {
    const index = Number(step);
    const item = child(here.items[index]);
    return { ...here, items: here.items.toSpliced(index, 1, ...(item === undefined ? [] : [item])) };
  }
  const entries = here.kind === "map" ? here.entries : [];
  const at = entries.findLastIndex((entry) => entry.key === step);
  const value = child(entries[at]?.value);
  const key: MapEntry[] =
    value === undefined ? [] : [{ key: String(step), keySpan, keyTag: "", ...entries[at], value }];
  return {
    kind: "map",
    entries: entries.toSpliced(at < 0 ? entries.length : at, at < 0 ? 0 : 1, ...key),
    span: here.span,
  };
}

function empty(step: string | number, span: Span): TextNode {
  return typeof step === "number" ? { kind: "list", items: [], span } : { kind: "map", entries: [], span };
}
