import { readFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import type { Files } from "../experiment/load-scenario.ts";

/** The files of this machine; names in other files are relative to these. */
export const nodeFiles: Files = {
  read: (path) => readFileSync(path, "utf8"),
  beside: (path, name) => (isAbsolute(name) ? name : join(dirname(path), name)),
};
