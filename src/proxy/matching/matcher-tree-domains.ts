import type { Message } from "../../decode/message.ts";

/**
 * Reads an `xds.type.matcher.v3.ServerNameMatcher`: the exact domain, then `*.suffix` from the longest to the
 * shortest, then `*` (Envoy 1.40, source/extensions/common/matcher/domain_matcher.h).
 */
export function readDomainBranches<Branch>(
  config: Message,
  compile: (onMatch: Message | undefined) => Branch,
): (value: string) => readonly Branch[] {
  const branches = new Map<string, Branch>();
  for (const matcher of config.messages("domain_matchers")) {
    const branch = compile(matcher.message("on_match"));
    for (const domain of matcher.strings("domains")) if (!branches.has(domain)) branches.set(domain, branch);
  }
  return (value) => {
    if (value === "") return [];
    return domainsOf(value).flatMap((domain) => branches.get(domain) ?? []);
  };
}

/** `a.b.c`, `*.b.c`, `*.c`, `*`. */
function domainsOf(value: string): string[] {
  const domains = value.startsWith("*") ? [] : [value];
  for (let dot = value.indexOf("."); dot >= 0; dot = value.indexOf(".", dot + 1))
    domains.push(`*${value.slice(dot)}`);
  return [...domains, "*"];
}
