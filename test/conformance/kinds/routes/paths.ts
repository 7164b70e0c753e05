import type { Json } from "../../case.ts";
import type { Draw } from "../../draw.ts";
import { SEGMENTS } from "./words.ts";

/** A path condition, and paths near it. */
export interface PathMatch {
  readonly match: Json;
  readonly near: (draw: Draw) => string;
}

const TAILS = [
  "",
  "/",
  "/x",
  "tail",
  "/9",
  "/z/y",
  "X",
  "?",
  "#f",
  ";v=1",
  "/a.png",
  "/b.css",
  "//x",
  "/%2e",
];

export function drawPathMatch(draw: Draw): PathMatch {
  const path = `/${draw.list(draw.whole(1, 3), () => draw.pick(SEGMENTS)).join("/")}`;
  const caseSensitive = draw.maybe(0.15, () => ({ case_sensitive: draw.chance(0.1) }));
  const kind = draw.pick([
    "prefix",
    "prefix",
    "prefix",
    "path",
    "path",
    "separated",
    "regex",
    "regex",
    "template",
  ]);
  switch (kind) {
    case "path":
      return { match: { path, ...caseSensitive }, near: () => path };
    case "separated":
      return { match: { path_separated_prefix: path, ...caseSensitive }, near: () => path };
    case "regex":
      return regexMatch(draw);
    case "template":
      return templateMatch(draw);
    default: {
      const end = draw.pick(["", "", "/"]);
      const prefix = draw.chance(0.1) ? path.slice(0, draw.whole(2, path.length)) : path + end;
      return { match: { prefix, ...caseSensitive }, near: () => prefix };
    }
  }
}

/** A request path made of one near a route. */
export function drawPath(draw: Draw, { near }: PathMatch): string {
  let path = draw.chance(0.9) ? near(draw) : `/${draw.pick(SEGMENTS)}`;
  if (draw.chance(0.45)) path += draw.pick(TAILS.filter((tail) => !/[?#]/.test(tail)));
  if (draw.chance(0.08)) path = swapCase(draw, path);
  if (draw.chance(0.04)) path = path.replace("/", draw.pick(["//", "/./", "/x/../", "/%2F", "/%2e/", "/\\"]));
  if (draw.chance(0.03)) path = path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
  return path;
}

function swapCase(draw: Draw, path: string): string {
  const at = draw.whole(0, path.length - 1);
  const letter = path[at]!;
  const other = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
  return path.slice(0, at) + other + path.slice(at + 1);
}

function regexMatch(draw: Draw): PathMatch {
  const segment = draw.pick(SEGMENTS);
  const [regex, near] = draw.pick<[string, (draw: Draw) => string]>([
    [`/${segment}.*`, (d) => `/${segment}${d.pick(["", "/1", "x"])}`],
    [`/${segment}/\\d+`, (d) => `/${segment}/${d.whole(0, 999)}`],
    [`/${segment}/[^/]+`, (d) => `/${segment}/${d.pick(SEGMENTS)}`],
    [`/${segment}/v[0-9]+(/.*)?`, (d) => `/${segment}/v${d.whole(0, 30)}${d.pick(["", "/", "/a"])}`],
    [`/[a-z]+/${segment}`, (d) => `/${d.pick(["abc", "ABC", ...SEGMENTS])}/${segment}`],
    [`(?i)/${segment}/.*`, (d) => `/${segment.toUpperCase()}/${d.pick(SEGMENTS)}`],
    [".*\\.(png|css)", (d) => d.pick(["/a.png", "/img/b.css", "/c.pngx", "/d.PNG"])],
    [`/(?:${segment}|cart)(?:/\\w{2,4})?`, (d) => `/${segment}/${d.pick(["ab", "abcd", "abcde", "a-b"])}`],
    [`^/${segment}/[[:alpha:]]+$`, (d) => `/${segment}/${d.pick(["ab", "a1", "Z"])}`],
    [`/${segment}\\b.*`, (d) => `/${segment}${d.pick(["", "-x", "x", "/"])}`],
    [`(?s:/${segment}.+?)`, (d) => `/${segment}${d.pick(["", "a", "ab"])}`],
  ]);
  return { match: { safe_regex: { regex } }, near };
}

function templateMatch(draw: Draw): PathMatch {
  const segment = draw.pick(SEGMENTS);
  const [path_template, near] = draw.pick<[string, (draw: Draw) => string]>([
    [`/${segment}/*`, (d) => `/${segment}/${d.pick(SEGMENTS)}`],
    [`/${segment}/{id}`, (d) => `/${segment}/${d.pick(["1", "a.b", ""])}`],
    [`/${segment}/**`, (d) => `/${segment}/${d.pick(["", "a", "a/b"])}`],
    [`/{name}/${segment}/{rest=**}`, (d) => `/x/${segment}/${d.pick(["a", "a/b", ""])}`],
  ]);
  const typed_config = {
    "@type": "type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig",
    path_template,
  };
  const name = "envoy.path.match.uri_template.uri_template_matcher";
  return { match: { path_match_policy: { name, typed_config } }, near };
}
