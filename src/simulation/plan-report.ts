import type { AbsolutePath } from "../decode/json-tree.ts";

/** Reports an error at a place of the scenario file. */
export type PlanReport = (path: AbsolutePath, code: string, message: string, remedy: string) => void;
