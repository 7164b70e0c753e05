import type { Message } from "../../decode/message.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { compileInputMatcher, type InputTest } from "./input-matcher.ts";
import { readDomainBranches } from "./matcher-tree-domains.ts";
import { readIpBranches } from "./matcher-tree-ranges.ts";
import type { RouteProblems } from "./route-problems.ts";

/** What a tree says of something: the action that it leads to, or that it leads nowhere. */
export type MatcherTree<Data, Action> = (data: Data) => Action | null;

/** A value to match; undefined where what is matched has none. */
export type Input<Data> = (data: Data) => string | undefined;

/** What trees in one place of a configuration look at and lead to. */
export interface MatcherContext<Data, Action> {
  /** Undefined: not modelled. */
  input(config: Message): Input<Data> | undefined;
  /** Undefined: not modelled. */
  action(config: Message): Action | undefined;
  readonly runtime: Runtime;
  readonly problems: RouteProblems;
}

/**
 * Compiles an `xds.type.matcher.v3.Matcher`. A branch that leads nowhere, or that says `keep_matching`, lets the
 * search go on: in a list with the next matcher, among prefixes, ranges and domains with the next less specific
 * one, and then with `on_no_match` (Envoy 1.40, source/common/matcher, source/extensions/common/matcher).
 */
export function compileMatcherTree<Data, Action>(
  matcher: Message,
  context: MatcherContext<Data, Action>,
): MatcherTree<Data, Action> {
  const otherwise = compileOnMatch(matcher.message("on_no_match"), context);
  const chosen = compileChoice(matcher, context);
  return (data) => chosen(data) ?? otherwise(data);
}

function compileChoice<Data, Action>(
  matcher: Message,
  context: MatcherContext<Data, Action>,
): MatcherTree<Data, Action> {
  switch (matcher.which("matcher_list", "matcher_tree")) {
    case "matcher_list":
      return compileList(matcher.message("matcher_list")!, context);
    case "matcher_tree":
      return compileTree(matcher.message("matcher_tree")!, context);
    default:
      return () => null;
  }
}

/** Compiles an `OnMatch`. */
function compileOnMatch<Data, Action>(
  onMatch: Message | undefined,
  context: MatcherContext<Data, Action>,
): MatcherTree<Data, Action> {
  if (onMatch === undefined) return () => null;
  const keepsMatching = onMatch.boolean("keep_matching");
  const result = compileResult(onMatch, context);
  return keepsMatching ? () => null : result;
}

function compileResult<Data, Action>(
  onMatch: Message,
  context: MatcherContext<Data, Action>,
): MatcherTree<Data, Action> {
  const nested = onMatch.message("matcher");
  if (nested !== undefined) return compileMatcherTree(nested, context);
  const config = onMatch.message("action");
  const action = config && context.action(config);
  if (config !== undefined && action === undefined) notModelled(config, "action", context);
  return () => action ?? null;
}

function compileList<Data, Action>(
  list: Message,
  context: MatcherContext<Data, Action>,
): MatcherTree<Data, Action> {
  const branches = list.messages("matchers").map((one) => ({
    fits: compilePredicate(one.message("predicate")!, context),
    result: compileOnMatch(one.message("on_match"), context),
  }));
  return (data) => {
    for (const { fits, result } of branches) {
      const found = fits(data) ? result(data) : null;
      if (found !== null) return found;
    }
    return null;
  };
}

type Predicate<Data> = (data: Data) => boolean;

function compilePredicate<Data, Action>(
  predicate: Message,
  context: MatcherContext<Data, Action>,
): Predicate<Data> {
  const kind = predicate.which("single_predicate", "or_matcher", "and_matcher", "not_matcher");
  switch (kind) {
    case "or_matcher":
    case "and_matcher": {
      const all = predicate
        .message(kind)!
        .messages("predicate")
        .map((one) => compilePredicate(one, context));
      return kind === "or_matcher"
        ? (data) => all.some((fits) => fits(data))
        : (data) => all.every((fits) => fits(data));
    }
    case "not_matcher": {
      const fits = compilePredicate(predicate.message("not_matcher")!, context);
      return (data) => !fits(data);
    }
    default:
      return compileSinglePredicate(predicate.message("single_predicate")!, context);
  }
}

function compileSinglePredicate<Data, Action>(
  predicate: Message,
  context: MatcherContext<Data, Action>,
): Predicate<Data> {
  const input = readInput(predicate, context);
  const fits: InputTest = compileInputMatcher(predicate, context.runtime, context.problems);
  return (data) => {
    const value = input(data);
    return value !== undefined && fits(value);
  };
}

/** The branches of a tree whose keys a value fits, the most specific first. */
export type Branches<Branch> = (value: string) => readonly Branch[];

function compileTree<Data, Action>(
  tree: Message,
  context: MatcherContext<Data, Action>,
): MatcherTree<Data, Action> {
  const input = readInput(tree, context);
  const branches = readBranches(tree, context);
  return (data) => {
    const value = input(data);
    if (value === undefined) return null;
    for (const result of branches(value)) {
      const found = result(data);
      if (found !== null) return found;
    }
    return null;
  };
}

function readBranches<Data, Action>(
  tree: Message,
  context: MatcherContext<Data, Action>,
): Branches<MatcherTree<Data, Action>> {
  const kind = tree.which("exact_match_map", "prefix_match_map", "custom_match");
  if (kind === "custom_match") return readCustomBranches(tree.message(kind)!, context);
  const entries = new Map(
    tree
      .message(kind!)!
      .entries("map")
      .map(([key, onMatch]) => [key, compileOnMatch(onMatch, context)]),
  );
  if (kind === "exact_match_map") {
    return (value) => {
      const result = entries.get(value);
      return result === undefined ? [] : [result];
    };
  }
  const prefixes = [...entries].sort(([a], [b]) => b.length - a.length);
  return (value) => prefixes.filter(([prefix]) => value.startsWith(prefix)).map(([, result]) => result);
}

function readCustomBranches<Data, Action>(
  custom: Message,
  context: MatcherContext<Data, Action>,
): Branches<MatcherTree<Data, Action>> {
  const config = custom.message("typed_config");
  const compile = (onMatch: Message | undefined) => compileOnMatch(onMatch, context);
  switch (config?.typeName) {
    case "xds.type.matcher.v3.IPMatcher":
      return readIpBranches(config, compile);
    case "xds.type.matcher.v3.ServerNameMatcher":
      return readDomainBranches(config, compile);
    default:
      notModelled(custom, "custom_match", context);
      return () => [];
  }
}

function readInput<Data, Action>(holder: Message, context: MatcherContext<Data, Action>): Input<Data> {
  const config = holder.message("input")!;
  config.string("name");
  const input = context.input(config);
  if (input !== undefined) return input;
  notModelled(config, "input", context);
  return () => undefined;
}

function notModelled(
  { path, json }: Message,
  what: string,
  { problems }: MatcherContext<never, unknown>,
): void {
  const name = typeof json.name === "string" ? ` "${json.name}"` : "";
  problems.conditionNotModelled(path, `${what}${name} of a matcher tree`);
}
