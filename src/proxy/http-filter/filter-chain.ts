import type { FilteredResponse, StreamFilter } from "./http-filter.ts";

/** Where a chain ends on both sides. */
export interface FilterChainEnds {
  /** All filters have let the request pass: it is the router's. */
  onDecoded(): void;
  /** All filters have let the answer pass. */
  onEncoded(response: FilteredResponse): void;
}

/**
 * The filters of one request: decoding goes from the first to the last, encoding back (Envoy 1.40,
 * source/common/http/filter_manager.cc). An answer passes all of them, also those that the request never reached.
 */
export class FilterChain {
  private readonly ends: FilterChainEnds;
  private readonly filters: readonly StreamFilter[];
  private decoded = 0;
  private encoded = 0;
  private response: FilteredResponse | null = null;

  constructor(filters: readonly StreamFilter[], ends: FilterChainEnds) {
    this.filters = filters;
    this.ends = ends;
  }

  /** Starts decoding, and goes on with it behind the filter that stopped it. */
  continueDecoding(): void {
    while (this.decoded < this.filters.length)
      if (this.filters[this.decoded++]!.decode?.() === "stop") return;
    this.ends.onDecoded();
  }

  encode(response: FilteredResponse): void {
    this.response = response;
    this.encoded = this.filters.length;
    this.continueEncoding();
  }

  continueEncoding(): void {
    const response = this.response!;
    while (this.encoded > 0) if (this.filters[--this.encoded]!.encode?.(response) === "stop") return;
    for (const filter of this.filters) filter.encodeComplete?.();
    this.ends.onEncoded(response);
  }

  destroy(): void {
    for (const filter of this.filters) filter.onDestroy?.();
  }
}
