import type { AbsolutePath } from "../decode/json-tree.ts";
import type { Json, JsonObject } from "../decode/message.ts";
import { nearest } from "../decode/nearest.ts";
import type { Location, Problems } from "../decode/problem.ts";
import { setAll } from "../decode/set-all.ts";
import { resolveSettingPath, type Setting } from "../decode/setting-path.ts";
import { plainNode } from "../decode/text-node.ts";
import { BOOTSTRAP, checkConfiguration, type ReadConfig } from "./bootstrap.ts";
import { messageType } from "./descriptors.ts";
import { jsonScalar } from "./envoy-scalar.ts";
import { Positions, pathOf } from "./positions.ts";
import { readElement, readField } from "./read-field.ts";
import { newReading } from "./read-message.ts";
import { shortName } from "./reading.ts";
import { type Target, targetAt } from "./setting-target.ts";

/**
 * The configuration with these settings applied one after the other; `config` itself stays as it is and
 * shares what did not change. Values are read and checked as if they stood in the file, and so is the result
 * as a whole; problems are reported where the setting stands.
 */
export function applySettings(
  config: ReadConfig,
  settings: readonly Setting[],
  problems: Problems,
): ReadConfig {
  if (config.snapshot === undefined || settings.length === 0) return config;
  const positions = new Positions((path) => config.locate(path));
  let bootstrap = config.snapshot.bootstrap;
  for (const setting of settings) bootstrap = applySetting(bootstrap, setting, positions, problems);
  const locate = (path: string): Location => positions.locate(path);
  checkConfiguration(bootstrap, locate, problems);
  return { snapshot: { bootstrap }, locate };
}

function applySetting(
  bootstrap: JsonObject,
  setting: Setting,
  positions: Positions,
  problems: Problems,
): JsonObject {
  const rootKeys = messageType(BOOTSTRAP)!.fields.map((field) => field.name);
  const fits = (path: AbsolutePath): boolean => targetAt(bootstrap, BOOTSTRAP, path).kind !== "none";
  const resolved = resolveSettingPath(bootstrap, setting.path, { rootKeys, fits });
  if (!resolved.ok) {
    const { code, message, start, end } = resolved;
    const location = within(setting.location, start, end);
    problems.add({ severity: "error", code, message, remedy: "", location, path: setting.path });
    return bootstrap;
  }
  let result = bootstrap;
  for (const path of resolved.paths) {
    const target = targetAt(bootstrap, BOOTSTRAP, path);
    if (target.kind === "none") reportUnknown(target, setting, problems);
    else result = setOne(result, path, target, setting, positions, problems);
  }
  return result;
}

function setOne(
  bootstrap: JsonObject,
  path: AbsolutePath,
  target: Exclude<Target, { kind: "none" }>,
  setting: Setting,
  positions: Positions,
  problems: Problems,
): JsonObject {
  const text = pathOf(path);
  const span = { location: setting.valueLocation };
  positions.set(text, span);
  if (setting.value === null || target.kind === "free")
    return setAll(bootstrap, [path], setting.value) as JsonObject;
  const reading = newReading(jsonScalar, new Positions(() => setting.valueLocation), problems);
  const node = plainNode(setting.value, span);
  const value = target.element
    ? readElement(node, target.field, text, reading)
    : readField(node, target.field, text, span, reading);
  // Undefined is the default of a field that knows no absence, or a value that was reported as wrong.
  if (value === undefined && reading.damaged.size > 0) return bootstrap;
  return setAll(bootstrap, [path], (value ?? null) as Json) as JsonObject;
}

function reportUnknown(
  { type, unknown }: Extract<Target, { kind: "none" }>,
  setting: Setting,
  problems: Problems,
): void {
  const start = Math.max(0, setting.path.lastIndexOf(unknown));
  const near = nearest(unknown, type?.fields.map((field) => field.name) ?? []);
  const owner = type === undefined ? "what stands there" : shortName(type.name);
  problems.add({
    severity: "error",
    code: "unknown-field",
    message: `"${unknown}" is not a field of ${owner}`,
    remedy: near === undefined ? "" : `did you mean "${near}"?`,
    location: within(setting.location, start, start + unknown.length),
    path: setting.path,
  });
}

/** The part of a path's text from `start` up to `end`. */
function within(location: Location, start: number, end: number): Location {
  return { ...location, column: location.column + start, length: Math.max(1, end - start) };
}
