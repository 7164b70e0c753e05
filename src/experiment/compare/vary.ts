import type { Problems } from "../../decode/problem.ts";
import { SourceFile } from "../../decode/source-file.ts";
import { plainValue, type TextNode } from "../../decode/text-node.ts";
import { readYaml } from "../../decode/yaml-text.ts";
import { findEquals } from "../../scenario/settings.ts";
import type { VariedVariant } from "../load-scenario.ts";
import { expandRange } from "./range.ts";

/** `PATH=A,B,...`: one setting with several values. */
export interface Variation {
  readonly path: string;
  /** As in `PATH=VALUE`. */
  readonly values: readonly string[];
}

/**
 * Reads `--vary PATH=A,B,...`; the values are split like a list of YAML in one line, and each may be a range,
 * `A..B:STEP`. Reports what is wrong, in a file called `source` whose text is the argument.
 */
export function parseVariation(
  argument: string,
  problems: Problems,
  source = "--vary",
): Variation | undefined {
  const equals = findEquals(argument);
  const file = new SourceFile(source, argument);
  // The bracket stands where `=` stood, and blanks in place of the path, so that columns are right.
  const text = `${" ".repeat(Math.max(0, equals))}[${argument.slice(equals + 1)}]`;
  const list = equals < 1 ? undefined : readYaml(new SourceFile(source, text), problems);
  if (equals >= 1 && list === undefined) return undefined;
  if (list?.kind !== "list" || list.items.length === 0) {
    problems.add({
      severity: "error",
      code: "path-syntax",
      message: `"${argument}" is not PATH=A,B,... or PATH=A..B:STEP`,
      remedy:
        'write it like "edge:clusters[checkout].lb_policy=ROUND_ROBIN,MAGLEV" or "services.api.workers=2..8:2"',
      location: file.locate(0, argument.length),
      path: "",
    });
    return undefined;
  }
  const values = list.items.flatMap((item) => {
    if (item.kind !== "scalar" || item.quoted) return [valueText(item)];
    const expanded = expandRange(item.text);
    if (expanded.ok) return expanded.values;
    const { message, remedy } = expanded;
    const location = { ...item.span.location, file: source };
    problems.add({ severity: "error", code: "out-of-range", message, remedy, location, path: "" });
    return [];
  });
  return { path: argument.slice(0, equals), values };
}

/** A plain scalar stays as it is written, since Envoy reads some of them otherwise than YAML 1.2. */
function valueText(node: TextNode): string {
  return node.kind === "scalar" && !node.quoted ? node.text : JSON.stringify(plainValue(node));
}

/** All combinations, the values of the last variation changing fastest; named like `lb_policy=MAGLEV, workers=4`. */
export function combinations(variations: readonly Variation[]): VariedVariant[] {
  const names = shortNames(variations.map(({ path }) => path));
  let made: VariedVariant[] = [{ name: "", settings: [] }];
  for (const [index, { path, values }] of variations.entries()) {
    made = made.flatMap(({ name, settings }) =>
      values.map((value) => ({
        name: `${name}${name === "" ? "" : ", "}${names[index]}=${value}`,
        settings: [...settings, `${path}=${value}`],
      })),
    );
  }
  return variations.length === 0 ? [] : made;
}

/** The last step of each path; all of it where that would not tell them apart. */
export function shortNames(paths: readonly string[]): string[] {
  const last = paths.map((path) => /[^.:]+$/.exec(path.replace(/\[[^\]]*\]/g, blanked))?.index ?? 0);
  const short = paths.map((path, index) => path.slice(last[index]));
  return short.map((name, index) =>
    short.indexOf(name) === index && short.lastIndexOf(name) === index ? name : paths[index]!,
  );
}

/** Dots inside brackets separate nothing. */
function blanked(selection: string): string {
  return selection.replace(/[.:]/g, "_");
}
