import type { Message } from "../../decode/message.ts";
import type { RequestHead } from "../../http/request-head.ts";
import type { FilterLevels } from "../cluster/route-levels.ts";
import type { ClusterRotation } from "./cluster-rotation.ts";
import type { RequestOrigin } from "./request-hash.ts";
import type { RouteEntry, StreamId } from "./route-match.ts";

/** A cluster by its name, or with what its entry among weighted clusters says besides. */
export type ClusterTarget =
  | string
  | {
      readonly name: string;
      /** What its hosts should have besides what the route wants. */
      readonly metadataMatch: Message | undefined;
      /** In place of the route's. */
      readonly filterLevels: FilterLevels;
      /** The route itself, or the same with what the entry changes in requests. */
      readonly route: RouteEntry;
      /** Where retries go; null: to the same cluster. */
      readonly rotation: ClusterRotation | null;
    };

/** Names the cluster of a request; null: the request has no route. */
export type ClusterChoice = (streamId: StreamId, origin: RequestOrigin) => ClusterTarget | null;

/** What a head tells of the cluster: which it is, or how the stream id decides. */
export type ClusterSpecifier = (head: RequestHead) => ClusterTarget | ClusterChoice;
