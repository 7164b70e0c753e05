import type { JsonObject } from "../../decode/message.ts";
import { object, text } from "../json-access.ts";
import { anyType } from "../walk-messages.ts";
import type { Check, Checks, Context } from "./context.ts";

const MATCH = "envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig";
const REWRITE = "envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig";
const MOST_VARIABLES = 5;
const LONGEST_NAME = 16;
/** Characters of a path segment (RFC 3986, pchar). */
const LITERAL = /^[a-zA-Z0-9\-._~%!$&'()+,;:@=*]*$/;

/** Sources: source/extensions/path/uri_template_lib, source/common/router/config_impl.cc of Envoy 1.40. */
export const uriTemplateChecks: Checks = {
  [MATCH]: (config, path, { report }) => {
    const template = text(config, "path_template");
    const fault = template === "" ? undefined : templateFault(template);
    if (fault !== undefined)
      report.error("bad-text", `${path}.path_template`, `"${template}" is no URI template: ${fault}`);
  },
  "envoy.config.route.v3.Route": checkRewrite as Check,
};

function templateFault(template: string): string | undefined {
  if (!template.startsWith("/")) return 'it must begin with "/"';
  const names: string[] = [];
  for (const segment of template
    .replace(/\{[^}]*\}/g, (variable) => variable.replaceAll("/", "\0"))
    .split("/")
    .slice(1)) {
    const [, before = "", variable, after = ""] = /^([^{]*)(?:\{([^}]*)\}(.*))?$/s.exec(segment) ?? [];
    if (variable === undefined && segment.includes("{")) return `"${segment}" has no "}"`;
    if (!LITERAL.test(before) || !LITERAL.test(after))
      return `"${segment}" has characters that paths cannot have, or two variables`;
    if (variable !== undefined) names.push(variable.split("=")[0]!);
  }
  if (names.length > MOST_VARIABLES)
    return `it has ${names.length} variables; at most ${MOST_VARIABLES} are possible`;
  for (const [index, name] of names.entries()) {
    if (!/^[a-zA-Z][a-zA-Z0-9_]*$/.test(name)) return `"${name}" is not the name of a variable`;
    if (name.length > LONGEST_NAME) return `the name "${name}" has more than ${LONGEST_NAME} characters`;
    if (names.indexOf(name) < index) return `it has the variable "${name}" twice`;
  }
  return undefined;
}

function checkRewrite(route: JsonObject, path: string, { report }: Context): void {
  const action = object(route, "route");
  if (action === undefined) return;
  const set = ["prefix_rewrite", "regex_rewrite", "path_rewrite_policy"].filter(
    (field) => action[field] !== undefined && action[field] !== "",
  );
  if (set.length > 1) {
    report.error(
      "two-of-one",
      `${path}.route.${set[1]}`,
      `${set[1]} cannot be set together with ${set[0]}`,
      "remove one of them",
    );
    return;
  }
  const rewrite = object(action, "path_rewrite_policy", "typed_config");
  if (rewrite === undefined || anyType(rewrite) !== REWRITE) return;
  const where = `${path}.route.path_rewrite_policy`;
  const match = object(route, "match", "path_match_policy", "typed_config");
  if (match === undefined || anyType(match) !== MATCH) {
    report.error(
      "not-possible-here",
      where,
      "a rewrite by template needs a path_match_policy with a template",
    );
    return;
  }
  const known = variablesOf(text(match, "path_template"));
  const unknown = variablesOf(text(rewrite, "path_template_rewrite")).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const remedy = known.length === 0 ? "" : `it has ${known.join(", ")}`;
  report.error(
    "bad-text",
    `${where}.typed_config.path_template_rewrite`,
    `the template of the match has no variable "${unknown}"`,
    remedy,
  );
}

function variablesOf(template: string): string[] {
  return [...template.matchAll(/\{([^}=]*)/g)].map(([, name]) => name!);
}
