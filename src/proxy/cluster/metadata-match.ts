import type { Json, JsonObject, Message } from "../../decode/message.ts";

/** What is wanted of the metadata of hosts: keys in ascending order, and their values. */
export type MetadataPairs = readonly (readonly [key: string, value: Json])[];

/** Reads `metadata_match`es, of which a later one replaces values of those before it; null: nothing is wanted. */
export function readMetadataMatch(...messages: (Message | undefined)[]): MetadataPairs | null {
  const wanted = messages.map(
    (metadata) => metadata?.message("filter_metadata")?.raw("envoy.lb") as JsonObject | undefined,
  );
  if (wanted.every((values) => values === undefined)) return null;
  return Object.entries(Object.assign({}, ...wanted) as JsonObject).sort(([a], [b]) => (a < b ? -1 : 1));
}
