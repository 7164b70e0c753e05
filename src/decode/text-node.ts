import type { Json } from "./message.ts";
import type { Location, Problem, Problems } from "./problem.ts";
import type { SourceFile } from "./source-file.ts";

/** A part of a YAML or JSON text, with the place where it stands. */
export type TextNode = ScalarNode | ListNode | MapNode;

export interface ScalarNode {
  readonly kind: "scalar";
  /** The content, without quotes and with escapes resolved; for a plain scalar as it is written. */
  readonly text: string;
  /** Written in quotes or as a block, and so certainly a text. */
  readonly quoted: boolean;
  /** What YAML 1.2 or JSON takes it for. */
  readonly value: string | number | boolean | null;
  readonly span: Span;
}

export interface ListNode {
  readonly kind: "list";
  readonly items: readonly TextNode[];
  readonly span: Span;
}

export interface MapNode {
  readonly kind: "map";
  /** In the order of the text; a key may come twice. */
  readonly entries: readonly MapEntry[];
  readonly span: Span;
}

export interface MapEntry {
  readonly key: string;
  readonly keySpan: Span;
  /** The tag of the key, such as `!ignore`; empty for none. */
  readonly keyTag: string;
  readonly value: TextNode;
}

/** A stretch of a text, located only when somebody asks. */
export interface Span {
  readonly location: Location;
}

/** The characters from `start` up to `end` of a file; only those of the first line are underlined. */
export class FileSpan implements Span {
  readonly #file: SourceFile;
  readonly #start: number;
  readonly #end: number;

  constructor(file: SourceFile, start: number, end: number) {
    this.#file = file;
    this.#start = start;
    this.#end = end;
  }

  get location(): Location {
    const lineEnd = this.#file.text.indexOf("\n", this.#start);
    const end = lineEnd < 0 ? this.#end : Math.min(this.#end, lineEnd);
    return this.#file.locate(this.#start, Math.max(end, this.#start + 1));
  }
}

/** The value as plain data; of a key that comes twice the last counts, a key `__proto__` is an ordinary key. */
export function plainValue(node: TextNode): Json {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(plainValue);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainValue(value)]));
}

/** The node at the end of these steps, or the nearest one on the way there. */
export function nearestNode(root: TextNode, steps: readonly (string | number)[]): TextNode {
  let node = root;
  for (const step of steps) {
    const next = childNode(node, step);
    if (next === undefined) return node;
    node = next;
  }
  return node;
}

/** The entry of a mapping with this key; the last one when it comes twice. */
export function entryOf(node: TextNode, key: string): MapEntry | undefined {
  return node.kind === "map" ? node.entries.findLast((entry) => entry.key === key) : undefined;
}

function childNode(node: TextNode, step: string | number): TextNode | undefined {
  if (node.kind === "list") return node.items[Number(step)];
  return entryOf(node, String(step))?.value;
}

/** Reports every key that comes twice in one mapping. */
export function reportDuplicateKeys(root: TextNode, severity: Problem["severity"], problems: Problems): void {
  const visit = (node: TextNode, path: string): void => {
    if (node.kind === "list")
      for (const [index, item] of node.items.entries()) visit(item, `${path}[${index}]`);
    if (node.kind !== "map") return;
    const seen = new Map<string, Location>();
    for (const { key, keySpan, value } of node.entries) {
      const at = path === "" ? key : `${path}.${key}`;
      const first = seen.get(key);
      if (first === undefined) seen.set(key, keySpan.location);
      else problems.add(duplicateKey(key, at, first, keySpan.location, severity));
      visit(value, at);
    }
  };
  visit(root, "");
}

function duplicateKey(
  key: string,
  path: string,
  first: Location,
  location: Location,
  severity: Problem["severity"],
): Problem {
  const consequence = severity === "error" ? "" : "; the last one counts";
  return {
    severity,
    code: "duplicate-key",
    message: `"${key}" is given twice, first in line ${first.line}${consequence}`,
    remedy: "keep one of them",
    location,
    path,
  };
}

/** Plain data as a tree, all of it at one place. */
export function plainNode(value: Json, span: Span): TextNode {
  if (Array.isArray(value))
    return { kind: "list", items: value.map((item: Json) => plainNode(item, span)), span };
  if (typeof value !== "object" || value === null) {
    const quoted = typeof value === "string";
    return { kind: "scalar", text: String(value ?? ""), quoted, value: value as ScalarNode["value"], span };
  }
  const entries = Object.entries(value).map(
    ([key, item]): MapEntry => ({ key, keySpan: span, keyTag: "", value: plainNode(item, span) }),
  );
  return { kind: "map", entries, span };
}
