import type { Message } from "../../decode/message.ts";
import type { RequestHead } from "../../http/request-head.ts";
import type { StreamId } from "./route-match.ts";

/** A cluster by its name, or with metadata that its hosts should have besides what the route wants. */
export type ClusterTarget = string | { readonly name: string; readonly metadataMatch: Message };

/** Names the cluster of a request; null: the request has no route. */
export type ClusterChoice = (streamId: StreamId) => ClusterTarget | null;

/** What a head tells of the cluster: which it is, or how the stream id decides. */
export type ClusterSpecifier = (head: RequestHead) => ClusterTarget | ClusterChoice;
