import { RE2JS } from "re2js";

/** Characters of one path segment (RFC 3986, pchar). */
const CHARACTERS = "a-zA-Z0-9\\-._~%!$&'()+,;:@=*";
const ONE_SEGMENT = `[${CHARACTERS}]+`;
const THE_REST = `[${CHARACTERS}/]*`;

/**
 * Compiles a URI template such as `/shops/{shop}/items/**`: `*` and `{name}` stand for one segment, `**` for
 * whatever is left, `{name=pattern}` for its pattern (Envoy 1.40, source/extensions/path/uri_template_lib).
 */
export function compileUriTemplate(template: string): RE2JS {
  return RE2JS.compile(regexOf(template, (_name, pattern) => pattern));
}

/** The same with a named group for each variable. */
export function compileCapturingUriTemplate(template: string): RE2JS {
  return RE2JS.compile(regexOf(template, (name, pattern) => `(?P<${name}>${pattern})`));
}

function regexOf(template: string, variable: (name: string, pattern: string) => string): string {
  let regex = "";
  for (let rest = template; rest !== ""; ) {
    const [, open, name = "", pattern, globs, literal = ""] =
      /^(?:(\{)([^=}]*)(?:=([^}]*))?\}|(\*\*?)|([^*{]+))/.exec(rest) ?? [];
    const length = open === undefined ? (globs ?? literal).length : rest.indexOf("}") + 1;
    if (length === 0) return RE2JS.quote(template);
    if (open !== undefined)
      regex +=
        name === ""
          ? ONE_SEGMENT
          : variable(name, pattern === undefined ? ONE_SEGMENT : regexOf(pattern, variable));
    else regex += globs === undefined ? RE2JS.quote(literal) : globs === "**" ? THE_REST : ONE_SEGMENT;
    rest = rest.slice(length);
  }
  return regex;
}
