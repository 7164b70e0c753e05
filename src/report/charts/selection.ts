import { SECOND } from "../../kernel/time.ts";
import type { ClientSeries, RunResult } from "../../simulation/result.ts";

/** Some of many, in their own order, and a note that says so (empty when all are there). */
export interface Selection<T> {
  readonly shown: readonly T[];
  readonly note: string;
}

/** The clients with most requests. */
export function busiestClients(result: RunResult, most: number): Selection<ClientSeries> {
  const requests = (client: ClientSeries) => client.requests.reduce((sum, count) => sum + count, 0);
  return selectTop(result.series.clients, most, requests, "clients, the busiest");
}

/** The `most` members with the highest value. */
export function selectTop<T>(
  all: readonly T[],
  most: number,
  value: (item: T) => number,
  what: string,
): Selection<T> {
  if (all.length <= most) return { shown: all, note: "" };
  const ranked = all
    .map((item, index) => ({ index, value: value(item) }))
    .sort((a, b) => b.value - a.value || a.index - b.index);
  const chosen = new Set(ranked.slice(0, most).map(({ index }) => index));
  return { shown: all.filter((_, index) => chosen.has(index)), note: `${most} of ${all.length} ${what}` };
}

/** The chart's title with the run that it shows. */
export function chartTitle(text: string, result: RunResult, note = "") {
  const variant = result.variant === null ? "" : `, variant ${result.variant}`;
  const subtitle = `${result.scenario}${variant}, seed ${result.seed}, ${result.duration / SECOND} s`;
  return { text, subtitle: note === "" ? subtitle : `${subtitle}; ${note}`, fontSize: 15 };
}
