import { produce } from "immer";
import type { AbsolutePath } from "./json-tree.ts";
import type { Json } from "./message.ts";

type Draft = { [key: string | number]: Json | Draft };

/** `root` with `value` at the paths, what is missing on the way created; null removes. `root` stays as it is. */
export function setAll(root: Json, paths: readonly AbsolutePath[], value: Json): Json {
  if (paths.some((path) => path.length === 0)) return value;
  return produce(root as unknown as Draft, (draft) => {
    // From the end, so that removing an element of a list does not move those still to be removed.
    for (const path of paths.toReversed()) setOne(draft, path, value);
  }) as unknown as Json;
}

function setOne(root: Draft, path: AbsolutePath, value: Json): void {
  let here = root;
  for (let depth = 0; depth < path.length - 1; depth++) {
    const step = path[depth]!;
    if (!Object.hasOwn(here, step) || here[step] === null) {
      if (value === null) return;
      here[step] = (typeof path[depth + 1] === "number" ? [] : {}) as Draft;
    }
    here = here[step] as Draft;
  }
  const last = path.at(-1)!;
  if (value !== null) here[last] = value;
  else if (Array.isArray(here)) here.splice(last as number, 1);
  else delete here[last];
}
