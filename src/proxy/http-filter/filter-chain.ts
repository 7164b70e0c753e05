import type { FilteredResponse, StreamFilter } from "./http-filter.ts";

/** Where a chain ends on both sides. */
export interface FilterChainEnds {
  /** All filters have let the request pass: it is the router's. */
  onDecoded(): void;
  /** All filters have let the answer pass. */
  onEncoded(response: FilteredResponse): void;
}

/**
 * What a filter does with requests, looked up once: classes of filters are many, and a method that is looked up by name
 * in an object of any of them costs more than what most filters do in it.
 */
export class StreamHooks {
  readonly decode: StreamFilter["decode"];
  readonly encode: StreamFilter["encode"];
  readonly encodeComplete: StreamFilter["encodeComplete"];
  readonly onDestroy: StreamFilter["onDestroy"];

  constructor({ decode, encode, encodeComplete, onDestroy }: StreamFilter) {
    this.decode = decode;
    this.encode = encode;
    this.encodeComplete = encodeComplete;
    this.onDestroy = onDestroy;
  }
}

/** Of one filter of a route. */
export interface Hooked {
  /** Undefined while it has let every request pass. */
  readonly hooks: StreamHooks | undefined;
}

/**
 * The filters of one request: decoding goes from the first to the last, encoding back (Envoy 1.40,
 * source/common/http/filter_manager.cc). An answer passes all of them, also those that the request never reached.
 */
export class FilterChain {
  private readonly ends: FilterChainEnds;
  private readonly streams: readonly (StreamFilter | null)[];
  private readonly filters: readonly Hooked[];
  private decoded = 0;
  private isDecoded = false;
  private encoded = 0;
  private response: FilteredResponse | null = null;

  /** `filters`: those of the streams. A stream that is null lets the request pass. */
  constructor(streams: readonly (StreamFilter | null)[], filters: readonly Hooked[], ends: FilterChainEnds) {
    this.streams = streams;
    this.filters = filters;
    this.ends = ends;
  }

  /** Whether a filter keeps the request back. */
  get holdsRequest(): boolean {
    return !this.isDecoded && this.response === null;
  }

  /** Starts decoding, and goes on with it behind the filter that stopped it, unless it has been answered meanwhile. */
  continueDecoding(): void {
    const { streams, filters } = this;
    if (this.response !== null) return;
    while (this.decoded < streams.length) {
      const at = this.decoded++;
      const stream = streams[at]!;
      if (stream !== null && filters[at]!.hooks!.decode?.call(stream) === "stop") return;
    }
    this.isDecoded = true;
    this.ends.onDecoded();
  }

  encode(response: FilteredResponse): void {
    this.response = response;
    this.encoded = this.streams.length;
    this.continueEncoding();
  }

  continueEncoding(): void {
    const { streams, filters } = this;
    const response = this.response!;
    while (this.encoded > 0) {
      const at = --this.encoded;
      const stream = streams[at]!;
      if (stream !== null && filters[at]!.hooks!.encode?.call(stream, response) === "stop") return;
    }
    for (let at = 0; at < streams.length; at++) {
      const stream = streams[at]!;
      if (stream !== null) filters[at]!.hooks!.encodeComplete?.call(stream);
    }
    this.ends.onEncoded(response);
  }

  destroy(): void {
    const { streams, filters } = this;
    for (let at = 0; at < streams.length; at++) {
      const stream = streams[at]!;
      if (stream !== null) filters[at]!.hooks!.onDestroy?.call(stream);
    }
  }
}
