import type { Request } from "../http/request.ts";
import type { RequestHead } from "../http/request-head.ts";
import { LuckPurpose, luck } from "../random/luck.ts";

/** A header whose value is drawn for each request. */
export interface KeyedHeader {
  readonly name: string;
  /** The index of the key for a uniform u. */
  readonly keyOf: (u: number) => number;
}

/** Combinations of many keys are so many that hardly one comes twice; keeping all would need ever more memory. */
const MOST_HEADS = 65_536;

/**
 * One kind of request of a client. Heads are made once for each combination of drawn keys, so that equal
 * requests share one head.
 */
export class RequestTemplate {
  readonly weight: number;
  private readonly head: RequestHead;
  private readonly keyed: readonly KeyedHeader[];
  private readonly heads = new Map<string, RequestHead>();

  constructor(weight: number, head: RequestHead, keyed: readonly KeyedHeader[]) {
    this.weight = weight;
    this.head = head;
    this.keyed = keyed;
  }

  headFor(request: Request, place: number): RequestHead {
    if (this.keyed.length === 0) return this.head;
    const keys = this.keyed.map(({ keyOf }, index) =>
      keyOf(luck(request.keyHigh, request.keyLow, place, index, LuckPurpose.header)),
    );
    const name = keys.join(",");
    let head = this.heads.get(name);
    if (head === undefined) {
      const headers = new Map(this.head.headers);
      this.keyed.forEach((header, index) => {
        headers.set(header.name, [...(headers.get(header.name) ?? []), `key-${keys[index]}`]);
      });
      head = { ...this.head, headers };
      if (this.heads.size < MOST_HEADS) this.heads.set(name, head);
    }
    return head;
  }
}
