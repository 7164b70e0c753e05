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
  private readonly filters: readonly (StreamFilter | null)[];
  private decoded = 0;
  private encoded = 0;
  private response: FilteredResponse | null = null;

  /** Null: a filter that lets the request pass. */
  constructor(filters: readonly (StreamFilter | null)[], ends: FilterChainEnds) {
    this.filters = filters;
    this.ends = ends;
  }

  /** Starts decoding, and goes on with it behind the filter that stopped it. */
  continueDecoding(): void {
    const { filters } = this;
    while (this.decoded < filters.length) if (filters[this.decoded++]?.decode?.() === "stop") return;
    this.ends.onDecoded();
  }

  encode(response: FilteredResponse): void {
    this.response = response;
    this.encoded = this.filters.length;
    this.continueEncoding();
  }

  continueEncoding(): void {
    const { filters } = this;
    const response = this.response!;
    while (this.encoded > 0) if (filters[--this.encoded]?.encode?.(response) === "stop") return;
    for (let i = 0; i < filters.length; i++) filters[i]?.encodeComplete?.();
    this.ends.onEncoded(response);
  }

  destroy(): void {
    const { filters } = this;
    for (let i = 0; i < filters.length; i++) filters[i]?.onDestroy?.();
  }
}
