import type { Problems } from "./problem.ts";
import type { SourceFile } from "./source-file.ts";
import { FileSpan, type MapEntry, type Span, type TextNode } from "./text-node.ts";

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPES: Record<string, string> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const WORDS: Record<string, boolean | null> = { true: true, false: false, null: null };
const DEEPEST = 200;

/**
 * Reads a JSON text with positions, as Envoy's JSON parser does: texts may stand in single quotes; comments
 * and trailing commas are refused. The first error is reported as `json-syntax`, and the answer is undefined.
 */
export function readJson(file: SourceFile, problems: Problems): TextNode | undefined {
  try {
    return new JsonParser(file).document();
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const at = Math.min(error.offset, Math.max(0, file.text.length - 1));
    const location = new FileSpan(file, at, at + 1).location;
    const message = `this is not JSON: ${error.message}`;
    problems.add({
      severity: "error",
      code: "json-syntax",
      message,
      remedy: error.remedy,
      location,
      path: "",
    });
    return undefined;
  }
}

class JsonError extends Error {
  readonly offset: number;
  readonly remedy: string;

  constructor(message: string, offset: number, remedy = "") {
    super(message);
    this.offset = offset;
    this.remedy = remedy;
  }
}

class JsonParser {
  readonly #file: SourceFile;
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(file: SourceFile) {
    this.#file = file;
    this.#text = file.text;
    if (this.#text.startsWith("\uFEFF")) this.#at = 1;
  }

  document(): TextNode {
    const node = this.#value();
    this.#blank();
    if (this.#at < this.#text.length) throw this.#unexpected("the end of the file");
    return node;
  }

  #value(): TextNode {
    this.#blank();
    const start = this.#at;
    const first = this.#text[start];
    if (first === "{") return this.#nested(() => this.#map(start));
    if (first === "[") return this.#nested(() => this.#list(start));
    if (first === '"' || first === "'") {
      const text = this.#string(first);
      return { kind: "scalar", text, quoted: true, value: text, span: this.#span(start) };
    }
    return this.#plain(start);
  }

  #nested(read: () => TextNode): TextNode {
    if (++this.#depth > DEEPEST) throw new JsonError("it is nested too deeply", this.#at);
    const node = read();
    this.#depth--;
    return node;
  }

  #plain(start: number): TextNode {
    NUMBER.lastIndex = start;
    const text = NUMBER.exec(this.#text)?.[0] ?? /^[a-z]*/.exec(this.#text.slice(start, start + 5))![0];
    const value = Object.hasOwn(WORDS, text) ? WORDS[text]! : Number(text);
    if (text === "" || Number.isNaN(value)) throw this.#unexpected("a value");
    this.#at += text.length;
    return { kind: "scalar", text, quoted: false, value, span: this.#span(start) };
  }

  #map(start: number): TextNode {
    const entries: MapEntry[] = [];
    this.#items("}", () => {
      const keyStart = this.#at;
      const quote = this.#text[keyStart];
      if (quote !== '"' && quote !== "'") throw this.#unexpected("a key in double quotes");
      const key = this.#string(quote);
      const keySpan = this.#span(keyStart);
      this.#expect(":");
      entries.push({ key, keySpan, keyTag: "", value: this.#value() });
    });
    return { kind: "map", entries, span: this.#span(start) };
  }

  #list(start: number): TextNode {
    const items: TextNode[] = [];
    this.#items("]", () => items.push(this.#value()));
    return { kind: "list", items, span: this.#span(start) };
  }

  #items(end: string, item: () => void): void {
    this.#at++;
    this.#blank();
    if (this.#text[this.#at] === end) {
      this.#at++;
      return;
    }
    for (;;) {
      item();
      this.#blank();
      const next = this.#text[this.#at];
      if (next !== "," && next !== end) throw this.#unexpected(`"," or "${end}"`);
      this.#at++;
      if (next === end) return;
      this.#blank();
      if (this.#text[this.#at] === end) {
        throw new JsonError("a comma before the end", this.#at - 1, "remove the comma after the last item");
      }
    }
  }

  #string(quote: string): string {
    const start = this.#at++;
    let text = "";
    for (;;) {
      const character = this.#text[this.#at++];
      if (character === quote) return text;
      if (character === undefined || character === "\n") throw new JsonError("a text without an end", start);
      text += character === "\\" ? this.#escape() : character;
    }
  }

  #escape(): string {
    const letter = this.#text[this.#at++] ?? "";
    if (letter !== "u") return ESCAPES[letter] ?? letter;
    const digits = this.#text.slice(this.#at, this.#at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits))
      throw new JsonError("\\u needs four hexadecimal digits", this.#at - 2);
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #blank(): void {
    while (" \t\r\n".includes(this.#text[this.#at] ?? "x")) this.#at++;
  }

  #expect(character: string): void {
    this.#blank();
    if (this.#text[this.#at] !== character) throw this.#unexpected(`"${character}"`);
    this.#at++;
  }

  #unexpected(wanted: string): JsonError {
    const found = this.#text[this.#at];
    if (found === undefined) return new JsonError(`it ends where ${wanted} is expected`, this.#at);
    const comment = found === "#" || found === "/";
    const remedy = comment ? "JSON has no comments; name the file .yaml to write them" : "";
    return new JsonError(`"${found}" where ${wanted} is expected`, this.#at, remedy);
  }

  #span(start: number): Span {
    return new FileSpan(this.#file, start, this.#at);
  }
}
