import type { RequestHead } from "../../http/request-head.ts";

/** A request to be explained, as the command line gives it. */
export interface AskedRequest {
  /** As it was written. */
  readonly text: string;
  readonly head: RequestHead;
  /** IP address of who sends it. */
  readonly source: string;
}

export type ParsedRequest =
  | { readonly ok: true; readonly request: AskedRequest }
  | {
      readonly ok: false;
      readonly message: string;
      readonly remedy: string;
      /** The offending characters of the text. */
      readonly start: number;
      readonly end: number;
    };

/** Where requests come from that name no source: an address of documentation (RFC 5737). */
const DEFAULT_SOURCE = "192.0.2.1";
const FORM = 'write it like: GET /cart host=shop.example x-user=7 x-note="two words"';
const METHOD = /^[A-Z][A-Z0-9_-]*$/;
const NAME = /^:?[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Reads `METHOD PATH name=value ...`: `host` (or `:authority`) and `scheme` are of the request itself, `source` is
 * the IP address of its sender, every other name is a header; names may repeat. Values may stand in single or
 * double quotes. Without a method it is GET.
 */
export function parseRequest(text: string): ParsedRequest {
  const words = splitWords(text);
  if ("message" in words) return words;
  const [first] = words;
  if (first === undefined) return failed("the request is empty", { start: 0, end: text.length });
  const hasMethod = METHOD.test(first.text);
  const method = hasMethod ? first.text : "GET";
  const path = words[hasMethod ? 1 : 0];
  const hasPath = path?.text.startsWith("/") || path?.text === "*";
  if (!hasPath && method !== "CONNECT")
    return failed(`"${(path ?? first).text}" is not a path: it must begin with "/"`, path ?? first);
  const fields = words.slice((hasMethod ? 1 : 0) + (hasPath ? 1 : 0));
  return readFields(text, method, hasPath ? path!.text : "", fields);
}

function readFields(text: string, method: string, path: string, fields: readonly Word[]): ParsedRequest {
  const headers = new Map<string, string[]>();
  const own = new Map([["scheme", "http"]]);
  for (const field of fields) {
    const equals = field.text.indexOf("=");
    const name = field.text.slice(0, equals).toLowerCase();
    if (equals < 1 || !NAME.test(name)) return failed(`"${field.text}" is not name=value`, field);
    const value = field.text.slice(equals + 1);
    const alias = OWN[name];
    if (alias !== undefined) own.set(alias, value);
    else if (name.startsWith(":")) return failed(`"${name}" cannot be set`, field);
    else headers.set(name, [...(headers.get(name) ?? []), value]);
  }
  const head: RequestHead = {
    method,
    scheme: own.get("scheme")!,
    authority: own.get("authority") ?? "",
    path,
    headers,
    bodyBytes: 0,
  };
  return { ok: true, request: { text, head, source: own.get("source") ?? DEFAULT_SOURCE } };
}

const OWN: Readonly<Record<string, string>> = {
  host: "authority",
  ":authority": "authority",
  scheme: "scheme",
  ":scheme": "scheme",
  source: "source",
};

/** Words are separated by blanks; a quoted part keeps its blanks and loses its quotes. */
function splitWords(text: string): Word[] | Extract<ParsedRequest, { ok: false }> {
  const words: Word[] = [];
  for (let at = 0; at < text.length; ) {
    if (/\s/.test(text[at]!)) {
      at++;
      continue;
    }
    const start = at;
    let word = "";
    while (at < text.length && !/\s/.test(text[at]!)) {
      const quote = text[at]!;
      if (quote !== '"' && quote !== "'") {
        word += text[at++];
        continue;
      }
      const close = text.indexOf(quote, at + 1);
      if (close < 0) return failed("a quote is not closed", { start: at, end: text.length });
      word += text.slice(at + 1, close);
      at = close + 1;
    }
    words.push({ text: word, start, end: at });
  }
  return words;
}

function failed(
  message: string,
  { start, end }: { start: number; end: number },
): Extract<ParsedRequest, { ok: false }> {
  return { ok: false, message, remedy: FORM, start, end };
}

const NUMBERED = "{n}";

/** The n-th request of this text, counted from 1: `{n}` in path and values stands for n. */
export function headOfRequest({ head }: AskedRequest, n: number): RequestHead {
  const isNumbered = (value: string) => value.includes(NUMBERED);
  const values = [...head.headers.values()].flat();
  if (![head.path, head.authority, ...values].some(isNumbered)) return head;
  const number = (value: string) => value.replaceAll(NUMBERED, String(n));
  return {
    ...head,
    path: number(head.path),
    authority: number(head.authority),
    headers: new Map([...head.headers].map(([name, values]) => [name, values.map(number)])),
  };
}
