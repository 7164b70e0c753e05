import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type ParsedNode,
  parseAllDocuments,
} from "yaml";
import type { Problems } from "./problem.ts";
import type { SourceFile } from "./source-file.ts";
import { FileSpan, type MapEntry, type ScalarNode, type Span, type TextNode } from "./text-node.ts";

/** A document may not grow by more than so many nodes by its aliases. */
const MOST_ALIASED_NODES = 200_000;

/**
 * Reads the first document of a YAML text. What is not YAML is reported as `yaml-syntax`, further documents
 * as the warning `more-documents`; an empty document is the scalar null. Undefined when there were errors.
 */
export function readYaml(file: SourceFile, problems: Problems): TextNode | undefined {
  const documents = parseAllDocuments(file.text, {
    uniqueKeys: false,
    merge: false,
    strict: false,
    logLevel: "silent",
    prettyErrors: false,
  });
  const [first, second] = [documents].flat() as Document.Parsed[];
  if (first === undefined) return nullNode(new FileSpan(file, 0, 1));
  // What follows the first syntax error is nearly always its consequence.
  const error = first.errors.toSorted((a, b) => a.pos[0] - b.pos[0])[0];
  if (error !== undefined) {
    reportSyntax(file, error.message, error.pos, problems);
    return undefined;
  }
  if (second !== undefined) reportMoreDocuments(file, second, problems);
  try {
    return new Converter(file, first).convert(first.contents, new FileSpan(file, 0, 1));
  } catch (error) {
    if (!(error instanceof AliasError)) throw error;
    reportSyntax(file, error.message, [error.offset, error.offset + 1], problems);
    return undefined;
  }
}

class AliasError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Turns the library's nodes into ours; an alias becomes the node of its anchor. */
class Converter {
  readonly #file: SourceFile;
  readonly #document: Document.Parsed;
  readonly #open = new Set<Node>();
  /** How deep in aliases we are, and how many nodes came of them. */
  #aliases = 0;
  #aliasedNodes = 0;

  constructor(file: SourceFile, document: Document.Parsed) {
    this.#file = file;
    this.#document = document;
  }

  convert(node: Node | null | undefined, around: Span): TextNode {
    if (this.#aliases > 0) this.#aliasedNodes++;
    if (node === null || node === undefined) return nullNode(around);
    const span = this.#span(node);
    if (isAlias(node)) return this.#alias(node);
    if (isScalar(node)) return scalarNode(node.value, node.source, node.type, span);
    this.#open.add(node);
    const converted = isSeq(node) ? this.#list(node.items, span) : this.#map(node, span);
    this.#open.delete(node);
    return converted;
  }

  #alias(alias: Alias): TextNode {
    const offset = alias.range?.[0] ?? 0;
    const target = alias.resolve(this.#document);
    if (target === undefined)
      throw new AliasError(`no anchor &${alias.source} stands before its alias`, offset);
    if (this.#open.has(target)) throw new AliasError(`the alias *${alias.source} contains itself`, offset);
    if (this.#aliasedNodes > MOST_ALIASED_NODES)
      throw new AliasError("the aliases make the document too large", offset);
    this.#aliases++;
    const converted = this.convert(target, this.#span(alias));
    this.#aliases--;
    return converted;
  }

  #list(items: readonly unknown[], span: Span): TextNode {
    return { kind: "list", items: items.map((item) => this.convert(item as ParsedNode | null, span)), span };
  }

  #map(node: Node, span: Span): TextNode {
    const entries: MapEntry[] = [];
    for (const pair of isMap(node) ? node.items : []) {
      const key = pair.key as Node | null;
      const keySpan = key === null ? span : this.#span(key);
      const keyNode = this.convert(key, span);
      const text = keyNode.kind === "scalar" ? keyNode.text : "";
      const value = this.convert(pair.value as Node | null, keySpan);
      entries.push({ key: text, keySpan, keyTag: key?.tag ?? "", value });
    }
    return { kind: "map", entries, span };
  }

  #span(node: Node): Span {
    const [start, end] = node.range ?? [0, 1];
    return new FileSpan(this.#file, start, end);
  }
}

function scalarNode(
  value: unknown,
  source: string | undefined,
  type: string | undefined,
  span: Span,
): ScalarNode {
  const quoted = type !== undefined && type !== "PLAIN";
  const known = value === null || typeof value === "number" || typeof value === "boolean";
  const text = quoted ? String(value) : (source ?? "");
  return { kind: "scalar", text, quoted, value: known ? value : text, span };
}

function nullNode(span: Span): ScalarNode {
  return { kind: "scalar", text: "", quoted: false, value: null, span };
}

/** What people have mostly done where the parser says this in words of its own. */
const syntaxRemedies: readonly (readonly [RegExp, string])[] = [
  [
    /compact mappings/,
    'a value with ": " inside needs quotes, or the indentation is wrong here or in the line before',
  ],
  [/within flow collections/, "a comma or a closing bracket may be missing before this"],
  [/tabs are not allowed/i, "indent with blanks"],
];

function reportSyntax(
  file: SourceFile,
  message: string,
  [start, end]: [number, number],
  problems: Problems,
): void {
  const at = Math.min(start, Math.max(0, file.text.length - 1));
  problems.add({
    severity: "error",
    code: "yaml-syntax",
    message: `this is not YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`,
    remedy: syntaxRemedies.find(([pattern]) => pattern.test(message))?.[1] ?? "",
    location: new FileSpan(file, at, end).location,
    path: "",
  });
}

function reportMoreDocuments(file: SourceFile, second: Document.Parsed, problems: Problems): void {
  const [start] = second.range ?? [0];
  problems.add({
    severity: "warning",
    code: "more-documents",
    message: "only the first YAML document of a file is read",
    remedy: "remove the others or put them into files of their own",
    location: new FileSpan(file, start, start + 1).location,
    path: "",
  });
}
