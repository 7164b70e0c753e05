import type { Message } from "../../decode/message.ts";

type EscapedSlashes =
  | "IMPLEMENTATION_SPECIFIC_DEFAULT"
  | "KEEP_UNCHANGED"
  | "REJECT_REQUEST"
  | "UNESCAPE_AND_REDIRECT"
  | "UNESCAPE_AND_FORWARD";

/** A path as routes see it; or that the request is refused, or sent away to this path. */
export type NormalizedPath =
  | { readonly kind: "path" | "redirect"; readonly path: string }
  | { readonly kind: "refused" };

/**
 * What a connection manager does to paths before routing
 * (Envoy 1.40, ConnectionManagerUtility::maybeNormalizePath).
 */
export class PathNormalization {
  private readonly normalizes: boolean;
  private readonly mergesSlashes: boolean;
  private readonly escapedSlashes: EscapedSlashes;

  /** Reads an `HttpConnectionManager`. */
  constructor(manager: Message) {
    this.normalizes = manager.boolean("normalize_path");
    this.mergesSlashes = manager.boolean("merge_slashes");
    this.escapedSlashes = manager.enum<EscapedSlashes>(
      "path_with_escaped_slashes_action",
      "IMPLEMENTATION_SPECIFIC_DEFAULT",
    );
  }

  normalize(original: string): NormalizedPath {
    if (original.includes("#")) return { kind: "refused" };
    const end = original.indexOf("?");
    const query = end < 0 ? "" : original.slice(end);
    let path = end < 0 ? original : original.slice(0, end);
    const unescaped = this.unescapesSlashes ? unescapeSlashes(path) : path;
    const hadEscapedSlashes = unescaped !== path;
    if (hadEscapedSlashes && this.escapedSlashes === "REJECT_REQUEST") return { kind: "refused" };
    path = unescaped;
    if (this.normalizes) path = canonicalPath(path);
    if (this.mergesSlashes) path = path.replace(/\/{2,}/g, "/");
    const isRedirect = hadEscapedSlashes && this.escapedSlashes === "UNESCAPE_AND_REDIRECT";
    return { kind: isRedirect ? "redirect" : "path", path: path + query };
  }

  private get unescapesSlashes(): boolean {
    return (
      this.escapedSlashes !== "IMPLEMENTATION_SPECIFIC_DEFAULT" && this.escapedSlashes !== "KEEP_UNCHANGED"
    );
  }
}

function unescapeSlashes(path: string): string {
  return path.replace(/%2f/gi, "/").replace(/%5c/gi, "\\");
}

/** Letters, digits and these are never left escaped; the second set is escaped where it stands bare. */
const UNRESERVED = /[A-Za-z0-9\-._~]/;
const TO_ESCAPE = '"<>`{}\x7f';

/**
 * The path as a browser's URL parser has it: `.` and `..` are resolved, `\` is a slash, unreserved characters are
 * unescaped and unsafe ones escaped (the canonical form of the library googleurl, which Envoy uses).
 */
function canonicalPath(path: string): string {
  const segments: string[] = [];
  const parts = path
    .replaceAll("\\", "/")
    .split("/")
    .slice(path.startsWith("/") || path.startsWith("\\") ? 1 : 0);
  parts.forEach((part, index) => {
    const segment = canonicalSegment(part);
    const isLast = index === parts.length - 1;
    if (segment === "..") segments.pop();
    else if (segment !== ".") segments.push(segment);
    // A dot segment at the end leaves its slash.
    if (isLast && (segment === "." || segment === "..")) segments.push("");
  });
  return `/${segments.join("/")}`;
}

function canonicalSegment(segment: string): string {
  let result = "";
  // Of the last "%" that escapes nothing.
  let bare = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < segment.length; i++) {
    const character = segment[i]!;
    const escaped = character === "%" ? /^[0-9a-fA-F]{2}/.exec(segment.slice(i + 1))?.[0] : undefined;
    if (escaped !== undefined) {
      const plain = String.fromCharCode(Number.parseInt(escaped, 16));
      i += 2;
      if (!UNRESERVED.test(plain)) result += `%${escaped}`;
      else result = withoutNewEscape(result + plain, bare, segment.slice(i + 1, i + 2));
    } else {
      if (character === "%") bare = result.length;
      result += character <= " " || TO_ESCAPE.includes(character) ? `%${hex(character)}` : character;
    }
  }
  return result;
}

/**
 * Unescaping may complete an escape that was none before, such as %2%65: then the bare "%" is escaped itself, so
 * that nothing is unescaped twice (googleurl, CheckForNestedEscapes). `next` follows the character just unescaped.
 */
function withoutNewEscape(text: string, bare: number, next: string): string {
  if (bare < text.length - 3) return text;
  const isEscape = /^[0-9a-fA-F]{2}/.test(text.slice(bare + 1) + next);
  return isEscape ? `${text.slice(0, bare)}%25${text.slice(bare + 1)}` : text;
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0");
}
