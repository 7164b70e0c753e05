import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { topLevelKeys } from "../decode/top-level-keys.ts";
import { isEnvoyConfiguration } from "../experiment/envoy-configuration.ts";
import { CommandError, ExitCode } from "./exit-code.ts";
import { nodeFiles } from "./node-files.ts";

const IS_YAML = /\.ya?ml$/;
/** Of files that Envoy's discovery watches and of Kubernetes objects. */
const foreignKeys: readonly string[] = ["resources", "apiVersion"];

/**
 * The scenario files that these paths mean, each once: files as they are given, folders with everything below them
 * in code-unit order.
 */
export function findScenarios(paths: readonly string[]): string[] {
  const found = paths.flatMap((path) => {
    if (!isFolder(path)) return [path];
    const below = scenariosBelow(path);
    if (below.length > 0) return below;
    throw new CommandError(ExitCode.badInput, `${path} has no scenario: no *.yaml that is not of Envoy`);
  });
  return [...new Set(found)];
}

/** A path that leads nowhere is taken for a file, of which the load tells what is wrong. */
function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function scenariosBelow(folder: string): string[] {
  let entries: readonly { name: string; isDirectory(): boolean }[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw new CommandError(ExitCode.badInput, `cannot read ${folder}: ${(error as Error).message}`);
  }
  return entries
    .filter(({ name }) => !name.startsWith(".") && name !== "node_modules")
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return scenariosBelow(path);
      return IS_YAML.test(entry.name) && isScenario(path) ? [path] : [];
    });
}

/** Files of Envoy and of Kubernetes lie beside scenarios. Any other file is one, so that none is left out by a slip. */
function isScenario(path: string): boolean {
  try {
    const text = nodeFiles.read(path);
    return !isEnvoyConfiguration(text) && !topLevelKeys(text).some((key) => foreignKeys.includes(key));
  } catch {
    // A file that cannot be read is reported by whoever loads it.
    return true;
  }
}
