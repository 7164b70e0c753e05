import type { z } from "zod";
import { type AbsolutePath, formatPath, valueAt } from "../decode/json-tree.ts";
import type { Json } from "../decode/message.ts";
import { didYouMean } from "../decode/nearest.ts";
import type { Problems } from "../decode/problem.ts";
import type { Place, ScenarioDocument, Which } from "./document.ts";
import { describeValue } from "./schema/describe-value.ts";
import { type Flaw, flaw } from "./schema/flaw.ts";
import type { Rivals } from "./schema/one-of.ts";

type Issue = z.core.$ZodIssue;

/** Reports what the schema found, in our words and at the place in the file. */
export function reportIssues(document: ScenarioDocument, issues: readonly Issue[], problems: Problems): void {
  for (const issue of issues) reportIssue(document, issue, [], problems);
}

function reportIssue(
  document: ScenarioDocument,
  issue: Issue,
  around: AbsolutePath,
  problems: Problems,
): void {
  const path = [...around, ...(issue.path as (string | number)[])];
  const report = (place: Place, { code, message, remedy, location }: Flaw) =>
    document.report(problems, place, code, message, { remedy, location });
  const value = valueAt(document.json, path);
  if (issue.code === "unrecognized_keys") {
    const known = issue.message.split(" ");
    for (const key of issue.keys) report({ path: [...path, key], which: "key" }, unknownKey(key, known));
  } else if (issue.code === "invalid_union") {
    for (const each of likeliestBranch(issue.errors)) reportIssue(document, each, path, problems);
  } else if (issue.code === "custom" && issue.params?.rivals !== undefined) {
    const { keys, what } = issue.params.rivals as Rivals;
    const [first, second] = document.keys(...path).filter((key) => keys.includes(key));
    const message = `"${second}" contradicts "${first}": ${what} is one of them`;
    const found = flaw("contradiction", message, { remedy: "keep one of the two" });
    report({ path: [...path, second!], which: "key" }, found);
  } else if (value === undefined) {
    report({ path: path.slice(0, -1), which: "key" }, missingKey(path));
  } else if (issue.code === "custom" && issue.params?.flaw !== undefined) {
    const found = issue.params.flaw as Flaw;
    const which = issue.params.which as Which | undefined;
    report({ path, which, start: found.start, end: found.end }, found);
  } else {
    report({ path }, describe(issue, value));
  }
}

function unknownKey(key: string, known: readonly string[]): Flaw {
  if (key === "<<") {
    const remedy = "write the keys out; an anchor and its alias may stand for a whole value";
    return flaw("unknown-key", 'merge keys ("<<") are not read, nor are they by Envoy', { remedy });
  }
  return flaw("unknown-key", `unknown key "${key}"${didYouMean(key, known)}`, {
    remedy: `known keys: ${known.join(", ")}`,
  });
}

function missingKey(path: AbsolutePath): Flaw {
  const around = path.length === 1 ? "the scenario" : formatPath(path.slice(0, -1));
  return flaw("missing-key", `${around} has no "${path.at(-1)}"`);
}

/** Of the ways in which a value may be written, the one that it seems to follow. */
function likeliestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const fitting = branches.find((issues) => !issues.some(isMismatch));
  const worded = branches.find((issues) => issues.some((issue) => issue.code === "custom"));
  return fitting ?? worded ?? [severalTypes(branches.flat())];
}

/** Whether the value as a whole is of another type than the branch. */
function isMismatch(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === "custom") return (issue.params?.flaw as Flaw | undefined)?.code === "wrong-type";
  return issue.code === "invalid_type" || issue.code === "invalid_value" || issue.code === "invalid_union";
}

function severalTypes(issues: readonly Issue[]): Issue {
  const expected = issues.flatMap((issue) => (issue.code === "invalid_type" ? [wanted(issue.expected)] : []));
  return {
    code: "invalid_type",
    expected: expected.join(" or ") as "object",
    path: [],
    message: "",
    input: undefined,
  };
}

function describe(issue: Issue, value: Json): Flaw {
  if (issue.code === "too_small" && issue.origin === "array") {
    return flaw("empty-list", "this list is empty, but at least one element is wanted");
  }
  if (issue.code === "invalid_value") {
    const known = issue.values.map(String);
    const hint = typeof value === "string" ? didYouMean(value, known) : "";
    return flaw("wrong-value", `${describeValue(value)}, but one of ${known.join(", ")} is wanted${hint}`);
  }
  if (issue.code === "invalid_type") {
    return flaw("wrong-type", `${describeValue(value)}, but ${wanted(issue.expected)} is wanted`);
  }
  return flaw("wrong-value", issue.message);
}

function wanted(type: string): string {
  const words = new Map([
    ["object", "a mapping"],
    ["record", "a mapping"],
    ["array", "a list"],
    ["string", "a text"],
    ["boolean", "true or false"],
    ["number", "a number"],
  ]);
  return words.get(type) ?? type;
}
