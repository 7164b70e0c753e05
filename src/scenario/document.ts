import { type AbsolutePath, formatPath, valueAt } from "../decode/json-tree.ts";
import type { Json } from "../decode/message.ts";
import type { Location, Problems, Severity } from "../decode/problem.ts";
import type { SourceFile } from "../decode/source-file.ts";
import { entryOf, type MapEntry, plainValue, type TextNode } from "../decode/text-node.ts";

/** Of an entry of a mapping, its key or its value; of anything else both mean the thing itself. */
export type Which = "key" | "value";

/**
 * A scenario as plain data that knows where everything stands: in the scenario file or, what a setting put
 * there, where the setting stands. A place that does not exist is located at the nearest one around it.
 */
export class ScenarioDocument {
  readonly file: SourceFile;
  readonly root: TextNode;
  readonly json: Json;

  constructor(file: SourceFile, root: TextNode) {
    this.file = file;
    this.root = root;
    this.json = plainValue(root);
  }

  locate(path: AbsolutePath, which: Which = "value"): Location {
    if (path.length === 0) return { ...this.root.span.location, length: 1 };
    const parent = valueNode(this.root, path.slice(0, -1));
    const entry = parent && entryOf(parent, String(path.at(-1)));
    if (entry !== undefined) return which === "key" ? entry.keySpan.location : this.#valueLocation(entry);
    return valueNode(this.root, path)?.span.location ?? this.locate(path.slice(0, -1), "key");
  }

  /** The characters from `start` up to `end` of a text or of its key; all of it where they cannot be told apart. */
  locateText(path: AbsolutePath, start: number, end: number, which: Which = "value"): Location {
    const whole = this.locate(path, which);
    const written = this.#writtenAt(whole);
    const value = which === "key" ? String(path.at(-1)) : this.#textAt(path);
    const shift = written.startsWith(value) ? 0 : written.slice(1).startsWith(value) ? 1 : -1;
    if (value === "" || shift < 0) return whole;
    return { ...whole, column: whole.column + shift + start, length: Math.max(1, end - start) };
  }

  /** The entries of the mapping at this path in the order of the file; none where there is no mapping. */
  entries(path: AbsolutePath): readonly MapEntry[] {
    const node = valueNode(this.root, path);
    return node?.kind === "map" ? node.entries : [];
  }

  /** Their keys, each once. (The keys of plain data would put names such as `1` first.) */
  keys(...path: (string | number)[]): string[] {
    return [...new Set(this.entries(path).map((entry) => entry.key))];
  }

  /** The plain data at this path, or undefined. */
  at(path: AbsolutePath): Json | undefined {
    return valueAt(this.json, path);
  }

  /** The paths of the elements of the list at this path; none where there is no list. */
  items(path: AbsolutePath): AbsolutePath[] {
    const value = this.at(path);
    return Array.isArray(value) ? value.map((_, index) => [...path, index]) : [];
  }

  /** The texts in the list at this path, with their paths. */
  texts(path: AbsolutePath): { readonly path: AbsolutePath; readonly text: string }[] {
    const node = valueNode(this.root, path);
    if (node?.kind !== "list") return [];
    return node.items.flatMap((item, index) =>
      item.kind === "scalar" && typeof item.value === "string"
        ? [{ path: [...path, index], text: item.value }]
        : [],
    );
  }

  /** Reports a problem with what stands at a path. */
  report(problems: Problems, at: Place, code: string, message: string, more: ReportDetails = {}): void {
    const { path, which, start, end } = at;
    const location =
      more.location ??
      (start === undefined || end === undefined
        ? this.locate(path, which)
        : this.locateText(path, start, end, which));
    const { severity = "error", remedy = "" } = more;
    problems.add({ severity, code, message, remedy, location, path: formatPath(path) });
  }

  /** What has no text of its own, or is spread over lines, is shown by its key. */
  #valueLocation({ keySpan, value }: MapEntry): Location {
    if (value.kind === "scalar")
      return value.text === "" && !value.quoted ? keySpan.location : value.span.location;
    const location = value.span.location;
    return /^[{[*]/.test(this.#writtenAt(location)) ? location : keySpan.location;
  }

  #writtenAt(location: Location): string {
    return location.file === this.file.name ? this.file.line(location.line).slice(location.column - 1) : "";
  }

  #textAt(path: AbsolutePath): string {
    const node = valueNode(this.root, path);
    return node?.kind === "scalar" ? node.text : "";
  }
}

/** The node at a path, or undefined. */
function valueNode(root: TextNode, path: AbsolutePath): TextNode | undefined {
  let node: TextNode | undefined = root;
  for (const step of path) {
    node = node?.kind === "list" ? node.items[Number(step)] : node && entryOf(node, String(step))?.value;
  }
  return node;
}

/** What a problem is about: something in the document, or some characters of it. */
export interface Place {
  readonly path: AbsolutePath;
  readonly which?: Which | undefined;
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

export interface ReportDetails {
  readonly severity?: Severity;
  readonly remedy?: string | undefined;
  /** Where it is, when that is in another file. */
  readonly location?: Location | undefined;
}
