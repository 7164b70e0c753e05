/** One step of a path: a field, with `select` the choice in brackets after it. Offsets are into the path. */
export interface Step {
  readonly name: string;
  readonly select?: string;
  readonly start: number;
  readonly end: number;
}

export type ParsedPath =
  | { readonly ok: true; readonly steps: readonly Step[] }
  | { readonly ok: false; readonly message: string; readonly start: number; readonly end: number };

/**
 * Splits `a.b[NAME].c[*].d`. What stands in brackets is taken as it is: it may hold dots, colons, slashes and
 * balanced brackets, as in `hosts[[::1]:80]`.
 */
export function parseSettingPath(path: string): ParsedPath {
  const steps: Step[] = [];
  let at = 0;
  for (;;) {
    const end = nameEnd(path, at);
    const name = path.slice(at, end);
    if (!/^[\w@/-]+$/.test(name) || name === "__proto__")
      return wrong(path, at, end, "a field name is missing or wrong here");
    const bracket = path[end] === "[" ? closingBracket(path, end) : end;
    if (bracket === -1) return wrong(path, end, path.length, 'a "]" is missing');
    if (bracket === end) steps.push({ name, start: at, end });
    else {
      const select = path.slice(end + 1, bracket - 1);
      if (select === "" || select === "__proto__")
        return wrong(path, end, bracket, "the brackets need a name, a number or *");
      steps.push({ name, select, start: at, end: bracket });
    }
    if (bracket === path.length) return { ok: true, steps };
    if (path[bracket] !== ".") return wrong(path, bracket, path.length, 'a "." is wanted here');
    at = bracket + 1;
  }
}

/** Splits `PROXY:PATH` at a colon that stands before any bracket; no colon means the scenario itself. */
export function splitProxy(path: string): {
  readonly proxy?: string;
  readonly path: string;
  readonly offset: number;
} {
  const match = /^([^[:]*):/.exec(path);
  if (match === null) return { path, offset: 0 };
  return { proxy: match[1]!, path: path.slice(match[0].length), offset: match[0].length };
}

function nameEnd(path: string, start: number): number {
  let end = start;
  while (end < path.length && path[end] !== "." && path[end] !== "[") end++;
  return end;
}

/** The offset after the bracket that closes the one at `open`, or -1. */
function closingBracket(path: string, open: number): number {
  let depth = 0;
  for (let at = open; at < path.length; at++) {
    if (path[at] === "[") depth++;
    else if (path[at] === "]" && --depth === 0) return at + 1;
  }
  return -1;
}

function wrong(path: string, start: number, end: number, what: string): ParsedPath {
  const message =
    path === ""
      ? "the path is empty"
      : `"${path}" is not a path: ${what} (write it like clusters[NAME].lb_policy)`;
  return { ok: false, message, start, end: Math.max(end, start + 1) };
}
