import type { Message } from "../../decode/message.ts";
import { headerValues, type RequestHead } from "../../http/request-head.ts";
import { asciiLowerCase } from "../matching/ascii.ts";

/** Changes the headers of a request on its way upstream. */
export type HeaderMutation = (head: RequestHead) => RequestHead;

interface AddedHeader {
  readonly name: string;
  readonly action: string;
  readonly keepsEmpty: boolean;
  readonly value: (head: RequestHead) => string;
}

/**
 * Compiles `request_headers_to_remove` and `request_headers_to_add` of a route, virtual host or route table; null:
 * it has none. Headers are removed first, then overwritten, then added (Envoy 1.40, source/common/router/header_parser.cc).
 * A value with a command that a request's head does not answer is left unread, so that it is reported.
 */
export function compileHeaderMutation(owner: Message): HeaderMutation | null {
  const removed = owner.strings("request_headers_to_remove").map(asciiLowerCase);
  const added = owner.messages("request_headers_to_add").flatMap(readAdded);
  if (removed.length === 0 && added.length === 0) return null;
  return (head) => {
    const headers = new Map(head.headers);
    for (const name of removed) headers.delete(name);
    // All values, and whether the header is there, are those after the removal and before the first addition.
    const before = { ...head, headers: new Map(headers) };
    const changes = added.flatMap((option) => changeOf(option, before));
    for (const { name, value, overwrites } of changes) if (overwrites) headers.set(name, [value]);
    for (const { name, value, overwrites } of changes)
      if (!overwrites) headers.set(name, [...(headers.get(name) ?? []), value]);
    return { ...head, headers };
  };
}

interface Change {
  readonly name: string;
  readonly value: string;
  readonly overwrites: boolean;
}

function changeOf({ name, action, keepsEmpty, value: format }: AddedHeader, head: RequestHead): Change[] {
  const value = format(head);
  if (value === "" && !keepsEmpty) return [];
  const isPresent = head.headers.has(name);
  if (action === "OVERWRITE_IF_EXISTS" && !isPresent) return [];
  if (action === "ADD_IF_ABSENT" && isPresent) return [];
  return [{ name, value, overwrites: action.startsWith("OVERWRITE") }];
}

function readAdded(option: Message): AddedHeader[] {
  const text = (option.json.header as { readonly value?: string } | undefined)?.value ?? "";
  const value = compileFormat(text);
  const header = option.message("header");
  if (value === undefined || header === undefined) return [];
  header.string("value");
  return [
    {
      name: asciiLowerCase(header.string("key")),
      action: readAction(option),
      keepsEmpty: option.boolean("keep_empty_value"),
      value,
    },
  ];
}

/** The old `append` counts where it is set. */
function readAction(option: Message): string {
  if (option.has("append")) return option.boolean("append") ? APPEND : "OVERWRITE_IF_EXISTS_OR_ADD";
  return option.enum<string>("append_action", APPEND);
}

const APPEND = "APPEND_IF_EXISTS_OR_ADD";
/** `%%`, or `%REQ(FIRST?OTHERWISE):LENGTH%` under its old and its new name. */
const COMMAND = /%(?:%|(?:REQ|REQUEST_HEADER)\(([^)?]*)(?:\?([^)]*))?\)(?::(\d+))?%)/y;

/** Compiles a format; undefined: it has commands that ask for more than the head. */
function compileFormat(format: string): ((head: RequestHead) => string) | undefined {
  const parts: ((head: RequestHead) => string)[] = [];
  let at = 0;
  while (at < format.length) {
    const percent = format.indexOf("%", at);
    const literal = format.slice(at, percent < 0 ? undefined : percent);
    if (literal !== "") parts.push(() => literal);
    if (percent < 0) break;
    COMMAND.lastIndex = percent;
    const match = COMMAND.exec(format);
    if (match === null) return undefined;
    parts.push(partOf(match));
    at = COMMAND.lastIndex;
  }
  return (head) => parts.map((part) => part(head)).join("");
}

function partOf([whole, first, otherwise, length]: RegExpExecArray): (head: RequestHead) => string {
  if (whole === "%%") return () => "%";
  const names = [first!, ...(otherwise === undefined ? [] : [otherwise])].map(asciiLowerCase);
  const limit = length === undefined ? undefined : Number(length);
  return (head) => {
    const found = names.map((name) => headerValues(head, name)[0]).find((value) => value !== undefined);
    return (found ?? "").slice(0, limit);
  };
}

/** The mutations of a virtual host and of its route table. */
export interface OuterMutations {
  readonly virtualHost: HeaderMutation | null;
  readonly table: HeaderMutation | null;
  /** `most_specific_header_mutations_wins`. */
  readonly mostSpecificWins: boolean;
}

/** Those of a route and what is above it, in the order in which they apply: of two that overwrite, the later wins. */
export function allMutations(
  route: Message,
  { virtualHost, table, mostSpecificWins }: OuterMutations,
): HeaderMutation[] {
  const all = [compileHeaderMutation(route), virtualHost, table];
  return (mostSpecificWins ? all.reverse() : all).filter((mutation) => mutation !== null);
}
