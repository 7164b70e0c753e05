import type { MetricUnit } from "../experiment/metric.ts";
import { type Nanoseconds, SECOND } from "../kernel/time.ts";

/** Six significant digits, as in every file that programs read. */
export function round(value: number): number {
  return Number(value.toPrecision(6));
}

export function roundOrNull(value: number | null): number | null {
  return value === null ? null : round(value);
}

/** `1234567` as `1,234,567`. */
export function formatCount(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Three significant digits, with a unit that suits the size. */
export function formatMs(ms: number | null): string {
  if (ms === null) return "-";
  if (ms === 0) return "0 ms";
  if (ms < 0.001) return `${significant(ms * 1_000_000)} ns`;
  if (ms < 1) return `${significant(ms * 1_000)} us`;
  return ms < 9_999.5 ? `${significant(ms)} ms` : `${significant(ms / 1_000)} s`;
}

/** A share of 1 in per cent; 0% and 100% only where they are exact. */
export function formatShare(share: number | null): string {
  if (share === null) return "-";
  if (share === 0 || share === 1) return `${100 * share}%`;
  const text = (100 * share).toFixed(2);
  if (text === "100.00") return ">99.99%";
  return text === "0.00" ? "<0.01%" : `${text}%`;
}

export function formatNumber(value: number): string {
  if (Number.isInteger(value)) return formatCount(value);
  return Math.abs(value) < 1000 ? significant(value) : formatCount(Math.trunc(value + 0.5));
}

/** An instant or a duration, such as `1.5 s`; exact. */
export function formatTime(time: Nanoseconds): string {
  return `${time / SECOND} s`;
}

/** A metric's number with its unit. */
export function formatMetric(value: number | null, unit: MetricUnit): string {
  if (value === null) return "no data";
  switch (unit) {
    case "ms":
      return formatMs(value);
    case "share":
      return formatShare(value);
    case "per-second":
      return `${formatNumber(value)}/s`;
    case "count":
      return formatCount(value);
    case "number":
      return formatNumber(value);
  }
}

/** Three significant digits without an exponent; more where the whole part has more. */
function significant(value: number): string {
  const magnitude = Math.abs(value);
  return value.toFixed(magnitude < 9.995 ? 2 : magnitude < 99.95 ? 1 : 0);
}
