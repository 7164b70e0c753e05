import type { Message } from "../../decode/message.ts";
import { barePath, endOfBarePath } from "./bare-path.ts";
import { pathTemplateOf } from "./path-matcher.ts";
import type { PathRewrite } from "./path-rewrite.ts";
import { compileCapturingUriTemplate } from "./uri-template.ts";

const URI_TEMPLATE = "envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig";

/** A part of the new path: as it stands, or what a variable of the template has matched. */
type Part = { readonly literal: string } | { readonly variable: string };

/**
 * Compiles `path_rewrite_policy` of a route action: a template into which go the variables of the template that the
 * route matches by; query and fragment stay (Envoy 1.40, source/extensions/path/rewrite/uri_template). Undefined when
 * it has none; one of another type, or with variables that the match does not have, is left unread.
 */
export function compilePathTemplateRewrite(match: Message, action: Message): PathRewrite | undefined {
  const policy = action.message("path_rewrite_policy");
  const config = policy?.message("typed_config");
  const template = pathTemplateOf(match);
  if (policy === undefined || config?.typeName !== URI_TEMPLATE || template === undefined) return undefined;
  policy.string("name");
  const regex = compileCapturingUriTemplate(template);
  const parts = partsOf(config.string("path_template_rewrite"));
  const known = regex.namedGroups();
  if (parts.some((part) => "variable" in part && !Object.hasOwn(known, part.variable))) return undefined;
  return (path) => {
    const matcher = regex.matcher(barePath(path));
    if (!matcher.matches()) return "";
    const texts = parts.map((part) => ("literal" in part ? part.literal : matcher.group(part.variable)));
    return texts.join("") + path.slice(endOfBarePath(path));
  };
}

function partsOf(rewrite: string): Part[] {
  return [...rewrite.matchAll(/\{([^}]*)\}|[^{]+/g)].map(([literal, variable]) =>
    variable === undefined ? { literal } : { variable },
  );
}
