import type { JsonObject } from "../../decode/message.ts";
import type { Report } from "../report.ts";

/** What the checks of single messages need to know about the whole configuration. */
export interface Context {
  readonly report: Report;
  readonly bootstrap: JsonObject;
  /** The static clusters by name. */
  readonly clusters: ReadonlyMap<string, JsonObject>;
  /** False where a cluster's name could not be read, so that nothing can be said about missing ones. */
  readonly clustersAreKnown: boolean;
}

/** Checks one message of a type, wherever it stands, as Envoy does when it builds that part. */
export type Check = (message: JsonObject, path: string, context: Context) => void;

export type Checks = Readonly<Record<string, Check>>;
