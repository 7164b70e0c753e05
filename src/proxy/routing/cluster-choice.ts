import type { RequestHead } from "../../http/request-head.ts";
import type { StreamId } from "./route-match.ts";

/** Names the cluster of a request; null: the request has no route. */
export type ClusterChoice = (streamId: StreamId) => string | null;

/** What a head tells of the cluster: its name, or how the stream id decides. */
export type ClusterSpecifier = (head: RequestHead) => string | ClusterChoice;
