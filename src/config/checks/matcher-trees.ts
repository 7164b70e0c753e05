import type { JsonObject } from "../../decode/message.ts";
import { parseIp } from "../../proxy/cluster/ip-range.ts";
import { messageType } from "../descriptors.ts";
import { items, number, object, text } from "../json-access.ts";
import { shortName } from "../reading.ts";
import { anyType } from "../walk-messages.ts";
import type { Checks, Context } from "./context.ts";

/** What a matcher tree may look at and lead to in one place of a configuration. */
interface Place {
  readonly inputs: RegExp;
  readonly inputRemedy: string;
  readonly actions: RegExp;
  readonly actionRemedy: string;
  /** False: Envoy refuses it. */
  readonly mayKeepMatching: boolean;
}

const NETWORK = "envoy\\.extensions\\.matching\\.common_inputs\\.";

/** Sources: source/common/router/matcher_visitor.cc and config_impl.cc of Envoy 1.40. */
const ROUTES: Place = {
  inputs: new RegExp(
    `^(envoy\\.type\\.matcher\\.v3\\.HttpRequestHeaderMatchInput|${NETWORK}(network\\.v3\\.FilterStateInput|environment_variable\\..*)|.*HttpDynamicModuleMatchInput)$`,
  ),
  inputRemedy: "a matcher of routes can only look at request headers: HttpRequestHeaderMatchInput",
  actions: /^envoy\.config\.route\.v3\.(Route|RouteList)$/,
  actionRemedy: "a matcher of routes leads to envoy.config.route.v3.Route or RouteList",
  mayKeepMatching: false,
};

/** Source: source/common/listener_manager/filter_chain_manager_impl.cc of Envoy 1.40. */
const FILTER_CHAINS: Place = {
  inputs: new RegExp(`^(${NETWORK}|.*DynamicModule)`),
  inputRemedy:
    "a matcher of filter chains looks at connections: envoy.extensions.matching.common_inputs.network.v3",
  actions: /^(google\.protobuf\.StringValue|envoy\.extensions\.matching\.actions\.)/,
  actionRemedy: "a matcher of filter chains leads to their name: google.protobuf.StringValue",
  mayKeepMatching: true,
};

export const matcherTreeChecks: Checks = {
  "envoy.config.listener.v3.Listener": (listener, path, { report }) => {
    const matcher = object(listener, "filter_chain_matcher");
    if (matcher !== undefined) checkTree(matcher, `${path}.filter_chain_matcher`, FILTER_CHAINS, report);
  },
  "envoy.config.route.v3.VirtualHost": (host, path, { report }) => {
    const matcher = object(host, "matcher");
    if (matcher === undefined) return;
    checkTree(matcher, `${path}.matcher`, ROUTES, report);
    if (items(host, path, "routes").length === 0) return;
    const message = "a virtual host has either matcher or routes, not both";
    report.error("two-of-one", `${path}.routes`, message, "remove one of them");
  },
  "envoy.extensions.matching.input_matchers.consistent_hashing.v3.ConsistentHashing": (
    matcher,
    path,
    { report },
  ) => {
    const [threshold, modulo] = [number(matcher, "threshold") ?? 0, number(matcher, "modulo") ?? 0];
    if (threshold <= modulo) return;
    report.error(
      "out-of-range",
      `${path}.threshold`,
      `the threshold (${threshold}) must not be above modulo (${modulo})`,
    );
  },
  "xds.type.matcher.v3.ServerNameMatcher": checkDomains,
  "xds.core.v3.CidrRange": (range, path, { report }) => {
    const prefix = text(range, "address_prefix");
    if (parseIp(prefix) === undefined && prefix !== "")
      report.error("bad-address", `${path}.address_prefix`, `"${prefix}" is not an IP address`);
  },
};

type Report = Context["report"];

function checkTree(matcher: JsonObject, path: string, place: Place, report: Report): void {
  checkOnMatch(object(matcher, "on_no_match"), `${path}.on_no_match`, place, report);
  for (const [one, where] of items(object(matcher, "matcher_list"), `${path}.matcher_list`, "matchers")) {
    checkPredicate(object(one, "predicate"), `${where}.predicate`, place, report);
    checkOnMatch(object(one, "on_match"), `${where}.on_match`, place, report);
  }
  const tree = object(matcher, "matcher_tree");
  if (tree === undefined) return;
  const at = `${path}.matcher_tree`;
  checkInput(object(tree, "input"), `${at}.input`, place, report);
  for (const kind of ["exact_match_map", "prefix_match_map"]) {
    for (const [key, value] of Object.entries(object(tree, kind, "map") ?? {}))
      checkOnMatch(value as JsonObject, `${at}.${kind}.map.${key}`, place, report);
  }
  const custom = object(tree, "custom_match", "typed_config");
  for (const list of ["range_matchers", "domain_matchers"]) {
    for (const [one, where] of items(custom, `${at}.custom_match.typed_config`, list))
      checkOnMatch(object(one, "on_match"), `${where}.on_match`, place, report);
  }
}

function checkOnMatch(onMatch: JsonObject | undefined, path: string, place: Place, report: Report): void {
  if (onMatch === undefined) return;
  if (onMatch.keep_matching === true && !place.mayKeepMatching)
    report.error(
      "not-possible-here",
      `${path}.keep_matching`,
      "keep_matching is not possible in this matcher",
    );
  const nested = object(onMatch, "matcher");
  if (nested !== undefined) checkTree(nested, `${path}.matcher`, place, report);
  const config = object(onMatch, "action", "typed_config");
  if (config !== undefined)
    checkType(config, `${path}.action.typed_config`, place.actions, place.actionRemedy, report);
}

function checkPredicate(predicate: JsonObject | undefined, path: string, place: Place, report: Report): void {
  if (predicate === undefined) return;
  for (const kind of ["or_matcher", "and_matcher"]) {
    for (const [one, where] of items(object(predicate, kind), `${path}.${kind}`, "predicate"))
      checkPredicate(one, where, place, report);
  }
  checkPredicate(object(predicate, "not_matcher"), `${path}.not_matcher`, place, report);
  const single = object(predicate, "single_predicate");
  if (single === undefined) return;
  const at = `${path}.single_predicate`;
  checkInput(object(single, "input"), `${at}.input`, place, report);
  const custom = object(single, "custom_match", "typed_config");
  const remedy = 'its "@type" should begin with envoy.extensions.matching.input_matchers.';
  if (custom !== undefined)
    checkType(custom, `${at}.custom_match.typed_config`, INPUT_MATCHERS, remedy, report);
}

const INPUT_MATCHERS = /^envoy\.extensions\.matching\.input_matchers\./;

function checkInput(input: JsonObject | undefined, path: string, place: Place, report: Report): void {
  const config = object(input, "typed_config");
  if (config !== undefined)
    checkType(config, `${path}.typed_config`, place.inputs, place.inputRemedy, report);
}

/** Types that the definitions do not have are reported where they are read. */
function checkType(config: JsonObject, path: string, allowed: RegExp, remedy: string, report: Report): void {
  const type = anyType(config);
  if (allowed.test(type) || (type !== "" && messageType(type) === undefined)) return;
  report.error("unknown-extension", path, `${shortName(type)} is not possible here`, remedy);
}

/** Source: source/extensions/common/matcher/domain_matcher.h of Envoy 1.40. */
function checkDomains(matcher: JsonObject, path: string, { report }: Context): void {
  const seen = new Set<string>();
  for (const [one, where] of items(matcher, path, "domain_matchers")) {
    for (const [index, domain] of ((one.domains as string[] | undefined) ?? []).entries()) {
      const at = `${where}.domains[${index}]`;
      if (seen.has(domain)) report.error("duplicate-domain", at, `the domain "${domain}" stands here twice`);
      seen.add(domain);
      if (domain === "*" || /^(\*\.)?[^*]+$/.test(domain)) continue;
      report.error(
        "bad-text",
        at,
        `"${domain}" is not a domain`,
        'write shop.example, *.shop.example or "*"',
      );
    }
  }
}
