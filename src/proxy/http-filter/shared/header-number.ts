import { headerValues, type RequestHead } from "../../../http/request-head.ts";

const LARGEST = 2 ** 32;

/** The whole number of 0 or more that the first line of a header gives; undefined: none, or it is not one. */
export function headerNumber(head: RequestHead, name: string): number | undefined {
  const text = headerValues(head, name)[0]?.trim();
  if (text === undefined || !/^\+?\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value < LARGEST * LARGEST ? value : undefined;
}
