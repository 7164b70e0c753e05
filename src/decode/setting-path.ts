import {
  type AbsolutePath,
  childOf,
  formatPath,
  isContainer,
  isObject,
  keysOf,
  valueAt,
  visitObjects,
} from "./json-tree.ts";
import type { Json } from "./message.ts";
import { didYouMean } from "./nearest.ts";
import type { Location } from "./problem.ts";
import { parseSettingPath, type Step } from "./setting-path-grammar.ts";

/** One replacement: of a variant's `set`, of a change, or of `--set`. */
export interface Setting {
  /** Without the proxy in front; `resolveSettingPath` says what it means. */
  readonly path: string;
  /** Null removes what is there. */
  readonly value: Json;
  /** Where `path` begins; a character of it stands as far to the right. */
  readonly location: Location;
  /** Where the value stands. */
  readonly valueLocation: Location;
}

/** What a path means, or why it means nothing; `start` and `end` are the offending characters of the path. */
export type ResolvedPath =
  | { readonly ok: true; readonly paths: readonly AbsolutePath[] }
  | {
      readonly ok: false;
      readonly code: "path-syntax" | "no-match" | "several-matches";
      readonly message: string;
      readonly start: number;
      readonly end: number;
    };

export interface PathOptions {
  /** Keys that may stand at the root though they are missing there now; a first step of this name is not searched. */
  readonly rootKeys?: readonly string[];
  /** Root keys under which people give names: the step after them must exist unless it is the last one. */
  readonly namedMaps?: readonly string[];
  /**
   * Whether something at this path is possible at all. Of several matches only those that fit are kept, if any
   * does: `clusters[*].lb_policy` is not meant for the weighted clusters of a route.
   */
  readonly fits?: (path: AbsolutePath) => boolean;
}

/**
 * The places in `root` that a path such as `clusters[checkout].circuit_breakers.thresholds[0].max_retries` means.
 *
 * - `list[NAME]` is the one element of that name (field `name` or `cluster_name`, or the key of a map), at any
 *   depth below the step before, its own list first (so that `static_resources.clusters[a]` is unambiguous);
 *   `list[0]`, where nothing has that name, is the first element; `list[*]` is all.
 * - A plain first step that the root does not have is searched at any depth; other plain steps are fields.
 * - What is missing after the last existing object is part of the result, so that setting creates it.
 */
export function resolveSettingPath(root: Json, path: string, options: PathOptions = {}): ResolvedPath {
  const parsed = parseSettingPath(path);
  if (!parsed.ok) return { ...parsed, code: "path-syntax" };
  let places: readonly Place[] = [{ path: [], choice: "" }];
  for (const [index, step] of parsed.steps.entries()) {
    const last = index === parsed.steps.length - 1;
    const followed = places.map((place) => follow({ root, options, last }, place, step));
    const reached = followed.flatMap((result) => (result instanceof NoMatch ? [] : result));
    const failed = followed.find((result) => result instanceof NoMatch);
    if (reached.length === 0 && failed instanceof NoMatch) return { ...failed, ok: false, code: "no-match" };
    places = reached;
  }
  return unambiguous(places, path, options);
}

/** A place that was reached; `choice` says which element each `[*]` stands for on the way there. */
interface Place {
  readonly path: AbsolutePath;
  readonly choice: string;
}

class NoMatch {
  readonly message: string;
  readonly start: number;
  readonly end: number;

  constructor(step: Step, message: string) {
    this.message = message;
    this.start = step.start;
    this.end = step.end;
  }
}

interface Walk {
  readonly root: Json;
  readonly options: PathOptions;
  /** Whether this is the last step of the path. */
  readonly last: boolean;
}

function follow(walk: Walk, place: Place, step: Step): Place[] | NoMatch {
  const here = valueAt(walk.root, place.path);
  if (here !== undefined && here !== null && !isContainer(here)) {
    const what = `${formatPath(place.path)} is ${JSON.stringify(here)}`;
    return new NoMatch(step, `${what} and has no "${step.name}" inside; replace it as a whole`);
  }
  if (step.select !== undefined) return select(walk, place, step, step.select);
  if (place.path.length === 0) return firstField(walk, here, step);
  return field(walk, place, here, step);
}

/** A plain first step: a key of the root, or else a key anywhere. */
function firstField(walk: Walk, here: Json | undefined, step: Step): Place[] | NoMatch {
  const rootKeys = walk.options.rootKeys ?? [];
  if (childOf(here, step.name) !== undefined || rootKeys.includes(step.name)) {
    return [{ path: [step.name], choice: "" }];
  }
  const found: Place[] = [];
  const known = new Set<string>(rootKeys);
  visitObjects(here, [], (object, path) => {
    for (const key of Object.keys(object)) known.add(key);
    if (Object.hasOwn(object, step.name)) found.push({ path: [...path, step.name], choice: "" });
  });
  if (found.length > 0) return found;
  return new NoMatch(step, `there is no "${step.name}"${didYouMean(step.name, known)}`);
}

function field(walk: Walk, place: Place, here: Json | undefined, step: Step): Place[] | NoMatch {
  if (Array.isArray(here)) {
    const list = formatPath(place.path);
    return new NoMatch(step, `"${list}" is a list; choose of it by ${list}[NAME], ${list}[0] or ${list}[*]`);
  }
  const map = place.path.length === 1 ? String(place.path[0]) : "";
  if (!walk.last && walk.options.namedMaps?.includes(map) && childOf(here, step.name) === undefined) {
    return new NoMatch(step, `there is no "${step.name}" in ${map}${didYouMean(step.name, keysOf(here))}`);
  }
  return [{ path: [...place.path, step.name], choice: place.choice }];
}

/** `name[wanted]`: of the place's own list of that name, or else of any list of that name below. */
function select(walk: Walk, place: Place, step: Step, wanted: string): Place[] | NoMatch {
  const { holders, known } = listsBelow(walk.root, place.path, step.name);
  const own = holders.filter((holder) => holder.length === place.path.length + 1);
  const index = /^\d+$/.test(wanted) ? Number(wanted) : -1;
  const chosen = choose(walk.root, own, wanted, index) ?? choose(walk.root, holders, wanted, index);
  if (chosen !== undefined) {
    return chosen.map((path) => ({
      path,
      choice: wanted === "*" ? `${place.choice}/${path.join("\0")}` : place.choice,
    }));
  }
  if (holders.length > 0) {
    const elements = holders.flatMap((holder) => elementsOf(walk.root, holder));
    return new NoMatch(step, noElement(walk.root, elements, step.name, wanted, index));
  }
  // A list that is missing can be begun: `thresholds[0]` of a cluster without circuit breakers.
  if (index === 0 && place.path.length > 0) {
    return [{ path: [...place.path, step.name, 0], choice: place.choice }];
  }
  return new NoMatch(step, `there is no list "${step.name}"${didYouMean(step.name, known)}`);
}

/** Every list or map of this name at any depth, and the names of all others for a hint. */
function listsBelow(root: Json, place: AbsolutePath, name: string) {
  const holders: AbsolutePath[] = [];
  const known = new Set<string>();
  visitObjects(valueAt(root, place), place, (object, path) => {
    for (const key of Object.keys(object).filter((key) => isContainer(object[key]))) {
      known.add(key);
      if (key === name) holders.push([...path, key]);
    }
  });
  return { holders, known };
}

/** The elements that are wanted; undefined when there are none. */
function choose(
  root: Json,
  holders: readonly AbsolutePath[],
  wanted: string,
  index: number,
): AbsolutePath[] | undefined {
  const elements = holders.flatMap((holder) => elementsOf(root, holder));
  const named = wanted === "*" ? elements : elements.filter((path) => nameOf(root, path) === wanted);
  const chosen = named.length > 0 || index < 0 ? named : elements.filter((path) => path.at(-1) === index);
  return chosen.length > 0 ? chosen : undefined;
}

function noElement(
  root: Json,
  elements: readonly AbsolutePath[],
  list: string,
  wanted: string,
  index: number,
): string {
  if (index >= 0)
    return `"${list}" has no [${index}]: elements count from 0, and there are ${elements.length}`;
  const names = new Set(elements.map((path) => nameOf(root, path)).filter((name) => name !== undefined));
  const hint = didYouMean(wanted, names);
  const known =
    names.size === 0 ? "; its elements have no names, choose by [0] or [*]" : `; there is ${listed(names)}`;
  return `no element of "${list}" has the name "${wanted}"${hint === "" ? known : hint}`;
}

function listed(names: Iterable<string>): string {
  const all = [...names];
  return all.length > 8 ? `${all.slice(0, 8).join(", ")}, ...` : all.join(", ");
}

/** One place for each way to read the `[*]` of the path; more is an error. */
function unambiguous(places: readonly Place[], path: string, options: PathOptions): ResolvedPath {
  const { fits } = options;
  const fitting = fits === undefined ? places : places.filter((place) => fits(place.path));
  const kept = fitting.length > 0 ? fitting : places;
  const choices = new Set(kept.map((place) => place.choice));
  if (choices.size === kept.length) return { ok: true, paths: kept.map((place) => place.path) };
  const list = kept.map((place) => formatPath(place.path)).join(", ");
  const message = `"${path}" can mean ${kept.length} places: ${list}; write more of the path`;
  return { ok: false, code: "several-matches", message, start: 0, end: path.length };
}

function elementsOf(root: Json, holder: AbsolutePath): AbsolutePath[] {
  const value = valueAt(root, holder);
  const steps = Array.isArray(value) ? [...value.keys()] : keysOf(value);
  return steps.map((step) => [...holder, step]);
}

/** The name by which an element of a list or a map is chosen. */
function nameOf(root: Json, path: AbsolutePath): string | undefined {
  const key = path.at(-1);
  if (typeof key === "string") return key;
  const element = valueAt(root, path);
  if (!isObject(element)) return undefined;
  const name = element.name ?? element.cluster_name;
  return typeof name === "string" ? name : undefined;
}
