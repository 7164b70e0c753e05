import type { Problems } from "../decode/problem.ts";
import type { Setting } from "../decode/setting-path.ts";
import type { SourceFile } from "../decode/source-file.ts";
import { reportDuplicateKeys, type TextNode } from "../decode/text-node.ts";
import { readYaml } from "../decode/yaml-text.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import { buildScenario } from "./build-scenario.ts";
import { checkNames, namesOf } from "./check-names.ts";
import { checkWindow, durationOf } from "./check-window.ts";
import { deriveDocument, only } from "./derive-document.ts";
import { reportIssues } from "./describe-issue.ts";
import { ScenarioDocument } from "./document.ts";
import type { Expectation } from "./expectation.ts";
import { openFile, type ReadFile } from "./files.ts";
import { reportNotSupported } from "./not-supported.ts";
import { parseExpectation } from "./parse-expectation.ts";
import type { Scenario } from "./scenario.ts";
import { describeValue } from "./schema/describe-value.ts";
import type { Flaw } from "./schema/flaw.ts";
import { createScenarioSchema, type ScenarioInput } from "./schema/scenario-schema.ts";

/** A scenario file that is YAML and a mapping; not checked beyond that. */
export interface ScenarioFile {
  readonly document: ScenarioDocument;
  readonly readFile: ReadFile;
  readonly schema: ReturnType<typeof createScenarioSchema>;
  /** Names of the variants in the order of the file. */
  readonly variants: readonly string[];
}

/** The scenario of the base or of a variant, with all settings applied. */
export interface DerivedScenario {
  /** Null for the base. */
  readonly variant: string | null;
  readonly scenario: Scenario;
  /** What is to be replaced in the Envoy configuration of each proxy, in order; paths without `PROXY:`. */
  readonly proxySettings: ReadonlyMap<string, readonly Setting[]>;
  /** Where things stand, by paths such as `["services", "checkout", "cluster"]` or `["faults", 0, "hosts"]`. */
  readonly document: ScenarioDocument;
}

/** Reads a scenario file; undefined when it is not YAML or no mapping, which is reported. */
export function readScenario(
  file: SourceFile,
  readFile: ReadFile,
  problems: Problems,
): ScenarioFile | undefined {
  const root = readYaml(file, problems);
  if (root === undefined) return undefined;
  const empty = root.kind === "scalar" && root.value === null;
  if (root.kind !== "map") {
    problems.add({
      severity: "error",
      code: empty ? "empty-file" : "not-a-mapping",
      message: empty
        ? "there is nothing in the file"
        : `a scenario is a mapping of keys to values, but ${describeNode(root)}`,
      remedy: "a scenario begins with keys such as name: and duration:",
      location: { ...root.span.location, length: 1 },
      path: "",
    });
    return undefined;
  }
  reportDuplicateKeys(root, "error", problems);
  const document = new ScenarioDocument(file, root);
  const schema = createScenarioSchema(readFile);
  checkVariants(document, schema, problems);
  return { document, readFile, schema, variants: document.keys("variants") };
}

/** Checks the base and every variant, whatever is to be run; those that could be read, the base first. */
export function checkAll(file: ScenarioFile, problems: Problems): DerivedScenario[] {
  return [null, ...file.variants]
    .map((variant) => deriveScenario(file, variant, [], problems))
    .filter((derived) => derived !== undefined);
}

/**
 * The base (null) or a variant, with `extra` settings (of the command line) applied last. Every problem is
 * reported; the answer is undefined only when there are problems of form. So a scenario that was answered may
 * still have errors, such as a name that does not exist: ask `problems.hasErrors` before it is run.
 */
export function deriveScenario(
  file: ScenarioFile,
  variant: string | null,
  extra: readonly Setting[],
  problems: Problems,
): DerivedScenario | undefined {
  const { document: original, readFile } = file;
  const { document, settings } = deriveDocument(original, variant, extra, problems);

  checkNames(document, problems);
  reportNotSupported(document, problems);
  checkConfigs(document, readFile, problems);
  const expect = readExpectations(document, original, variant, problems);
  const result = file.schema.safeParse(document.json);
  if (!result.success) {
    reportIssues(document, result.error.issues, problems);
    return undefined;
  }
  const input = result.data;
  checkTimes(document, input, problems);
  const order = {
    proxies: document.keys("proxies"),
    services: document.keys("services"),
    clients: document.keys("clients"),
  };
  return {
    variant,
    scenario: buildScenario(input, order, expect),
    proxySettings: settings.proxies,
    document,
  };
}

/** The form of the variants; what they set is checked where they are derived. */
function checkVariants(document: ScenarioDocument, schema: ScenarioFile["schema"], problems: Problems): void {
  const variants = only(document, "variants");
  const result = schema.pick({ variants: true }).safeParse(variants.json);
  if (!result.success) reportIssues(variants, result.error.issues, problems);
}

function checkTimes(
  document: ScenarioDocument,
  { warmup, duration }: ScenarioInput,
  problems: Problems,
): void {
  if (warmup < duration) return;
  const message = "the warm-up takes the whole duration, so nothing would be measured";
  const remedy = "make warmup less than duration";
  document.report(problems, { path: ["warmup"] }, "out-of-range", message, { remedy });
}

/** A proxy's configuration must be there; what is in it is not looked at here. */
function checkConfigs(document: ScenarioDocument, readFile: ReadFile, problems: Problems): void {
  for (const proxy of document.keys("proxies")) {
    const path = ["proxies", proxy, "config"];
    const node = document.entries(["proxies", proxy]).find((entry) => entry.key === "config")?.value;
    if (node?.kind !== "scalar" || typeof node.value !== "string" || node.value === "") continue;
    const opened = openFile(readFile, node.value);
    if (!opened.ok)
      document.report(problems, { path }, opened.code, opened.message, { remedy: opened.remedy });
  }
}

/** The base has the top-level expectations, a variant its own. */
function readExpectations(
  document: ScenarioDocument,
  original: ScenarioDocument,
  variant: string | null,
  problems: Problems,
): Expectation[] {
  const names = namesOf(document);
  const duration = durationOf(document);
  const [source, path] =
    variant === null ? [document, ["expect"]] : [original, ["variants", variant, "expect"]];
  return source.texts(path).flatMap(({ path: at, text }) => {
    const read = parseExpectation(text, names);
    const found = read.ok ? flawOfWindow(read.value, duration) : read;
    if (found !== undefined) {
      const { start, end, code, message, remedy } = found;
      const severity = read.ok ? "warning" : "error";
      source.report(problems, { path: at, start, end }, code, message, { remedy, severity });
    }
    return read.ok ? [{ ...read.value, location: source.locate(at) }] : [];
  });
}

function flawOfWindow(
  { text, window }: Omit<Expectation, "location">,
  duration: Nanoseconds | undefined,
): Flaw | undefined {
  return window && duration !== undefined ? checkWindow(text, window, duration) : undefined;
}

function describeNode(node: TextNode): string {
  return node.kind === "scalar" ? describeValue(node.value) : "this is a list";
}
