import type { RequestHead } from "./request-head.ts";

/**
 * Something that follows from a head alone, computed anew only where the head is another one than before: heads are
 * shared, and mostly the next request has the same one.
 */
export function rememberLast<T>(compute: (head: RequestHead) => T): (head: RequestHead) => T {
  let lastHead: RequestHead | null = null;
  let result: T;
  return (head) => {
    if (head !== lastHead) {
      result = compute(head);
      lastHead = head;
    }
    return result;
  };
}
