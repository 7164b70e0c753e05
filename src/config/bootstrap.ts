import { readJson } from "../decode/json-text.ts";
import type { JsonObject } from "../decode/message.ts";
import type { Location, Problem, Problems } from "../decode/problem.ts";
import type { SourceFile } from "../decode/source-file.ts";
import { type MapNode, reportDuplicateKeys } from "../decode/text-node.ts";
import { readYaml } from "../decode/yaml-text.ts";
import { checkRules } from "./check-rules.ts";
import { checkSemantics } from "./checks/semantics.ts";
import { bootstrapOfDump, isConfigDump } from "./config-dump.ts";
import { jsonScalar, yamlScalar } from "./envoy-scalar.ts";
import { Positions } from "./positions.ts";
import { newReading } from "./read-message.ts";
import type { Report } from "./report.ts";

export const BOOTSTRAP = "envoy.config.bootstrap.v3.Bootstrap";

/** An Envoy configuration as immutable data: the bootstrap in the proto3 JSON form with proto field names. */
export interface Snapshot {
  readonly bootstrap: JsonObject;
}

export interface ReadConfig {
  /** Undefined when the text could not be read at all; with errors reported, what could be read. */
  readonly snapshot: Snapshot | undefined;
  /** Where a canonical path such as `static_resources.clusters[0].lb_policy`, or what is around it, was written. */
  locate(path: string): Location;
}

/**
 * Reads an Envoy bootstrap, or what the admin page answers at /config_dump, as Envoy 1.40 does: YAML when the name ends in .yaml or .yml, JSON otherwise.
 * Reports everything that Envoy would refuse, and as warnings what it takes in a way that surprises.
 */
export function readBootstrap(file: SourceFile, problems: Problems): ReadConfig {
  const positions = new Positions(() => file.locate(0, 1));
  const locate = (path: string): Location => positions.locate(path);
  const yaml = /\.ya?ml$/i.test(file.name);
  const root = readText(file, yaml, problems);
  if (root === undefined) return { snapshot: undefined, locate };
  reportDuplicateKeys(root, yaml ? "warning" : "error", problems);
  const reading = newReading(yaml ? yamlScalar : jsonScalar, positions, problems);
  const node = isConfigDump(root) ? bootstrapOfDump(root) : root;
  const bootstrap = reading.message(node, BOOTSTRAP, "") as JsonObject;
  checkConfiguration(bootstrap, locate, problems, reading.damaged);
  return { snapshot: { bootstrap }, locate };
}

/** The text as a tree; only a mapping can be a configuration. */
function readText(file: SourceFile, yaml: boolean, problems: Problems): MapNode | undefined {
  const root = yaml ? readYaml(file, problems) : readJson(file, problems);
  if (root === undefined || root.kind === "map") return root;
  const empty = root.kind === "scalar" && root.value === null;
  problems.add({
    severity: "error",
    code: empty ? "empty-file" : "wrong-type",
    message: empty ? "the file is empty" : "an Envoy bootstrap must be a mapping",
    remedy: "begin with static_resources:",
    location: root.span.location,
    path: "",
  });
  return undefined;
}

/** Checks the rules of the definitions, then what Envoy checks when it builds its parts. */
export function checkConfiguration(
  bootstrap: JsonObject,
  locate: (path: string) => Location,
  problems: Problems,
  damaged: ReadonlySet<string> = new Set(),
): void {
  const report = reportTo(problems, locate);
  const skip = (path: string): boolean => damaged.has(path);
  checkRules(bootstrap, BOOTSTRAP, "", report, skip);
  checkSemantics(bootstrap, report, skip);
}

function reportTo(problems: Problems, locate: (path: string) => Location): Report {
  const add = (
    severity: Problem["severity"],
    code: string,
    path: string,
    message: string,
    remedy = "",
  ): void => problems.add({ severity, code, message, remedy, location: locate(path), path });
  return {
    error: (code, path, message, remedy) => add("error", code, path, message, remedy),
    warning: (code, path, message, remedy) => add("warning", code, path, message, remedy),
  };
}
