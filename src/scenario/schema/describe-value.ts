import type { Json } from "../../decode/message.ts";

/** What was found, for the beginning of a message: `this is the text "abc"`. */
export function describeValue(value: Json): string {
  if (value === null) return "there is nothing here";
  if (Array.isArray(value)) return "this is a list";
  if (typeof value === "object") return "this is a mapping";
  if (value === "") return "this is an empty text";
  if (typeof value === "string") return `this is the text ${JSON.stringify(shorten(value))}`;
  return `this is ${value}`;
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
