import { didYouMean } from "../decode/nearest.ts";
import { parseDuration, parseRate, parseShare, splitNumber } from "../decode/quantity.ts";
import { MILLISECOND } from "../kernel/time.ts";
import type { Expectation, MetricName, Window } from "./expectation.ts";
import { type MetricUnit, metricUnit, type NameKind, parseMetric } from "./metric-name.ts";
import { flaw, type Read } from "./schema/flaw.ts";

const ops = ["<=", ">=", "==", "!=", "<", ">"] as const;
const FORM = "NAME.METRIC OP NUMBER[UNIT] [from T to T], such as web.p99 < 250ms from 40s to 60s";

/** Reads `web.p99 < 250ms from 40s to 60s`; `names` says which clients, services and proxies there are. */
export function parseExpectation(
  text: string,
  names: ReadonlyMap<string, NameKind>,
): Read<Omit<Expectation, "location">> {
  const strange = strangeOperator(text);
  if (strange !== undefined) return strange;
  const match = /^(\s*)(.*?)(\s*)(<=|>=|==|!=|<|>)(\s*)(\S+)(\s*)(.*?)\s*$/s.exec(text);
  if (match === null) return wrongForm(text);
  const [
    ,
    lead = "",
    metricText = "",
    gap1 = "",
    op = "",
    gap2 = "",
    limitText = "",
    gap3 = "",
    windowText = "",
  ] = match;
  const metricAt = lead.length;
  const limitAt = metricAt + metricText.length + gap1.length + op.length + gap2.length;
  const windowAt = limitAt + limitText.length + gap3.length;

  const metric = parseMetric(metricText, names);
  if (!metric.ok) return shifted(metric, metricAt);
  const apart = /^(?:ns|us|ms|s|m|h|%|\/s)(?=\s|$)/.exec(windowText)?.[0];
  if (apart !== undefined) return spaceBefore(apart, limitText, limitAt, windowAt + apart.length);
  const limit = parseLimit(limitText, metricUnit(metric.value, names));
  if (!limit.ok) return { ...limit, start: limitAt, end: limitAt + limitText.length };
  const window = windowText === "" ? undefined : parseWindow(windowText);
  if (window !== undefined && !window.ok)
    return { ...window, start: windowAt, end: windowAt + windowText.length };
  if (window !== undefined && names.get(metric.value.of) !== "client")
    return noWindow(metric.value, windowAt, windowText);
  return {
    ok: true,
    value: {
      text,
      metric: metric.value,
      op: op as Expectation["op"],
      limit: limit.value,
      ...(window && { window: window.value }),
    },
  };
}

/** Reads `web.p99` or `web.p99 from 40s to 60s`: what an expectation is about, without the limit. */
export function parseMetricInWindow(
  text: string,
  names: ReadonlyMap<string, NameKind>,
): Read<Pick<Expectation, "metric" | "window">> {
  const [, metricText = "", windowText] = /^\s*(.*?)(?:\s+(from\s.*?))?\s*$/s.exec(text) ?? [];
  const metric = parseMetric(metricText, names);
  if (!metric.ok || windowText === undefined) return metric.ok ? found(metric.value) : metric;
  const window = parseWindow(windowText);
  if (!window.ok) return window;
  if (names.get(metric.value.of) !== "client") return noWindow(metric.value, 0, text);
  return found(metric.value, window.value);
}

function found(metric: MetricName, window?: Window): Read<Pick<Expectation, "metric" | "window">> {
  return { ok: true, value: { metric, ...(window && { window }) } };
}

function spaceBefore(unit: string, number: string, start: number, end: number): Read<never> {
  return flaw("wrong-unit", `there is a space before "${unit}"`, {
    remedy: `write ${number}${unit}`,
    start,
    end,
  });
}

/** Comparisons as they are written elsewhere. */
const strangeOps: readonly (readonly [string, string])[] = [
  ["===", "=="],
  ["!==", "!="],
  ["=<", "<="],
  ["=>", ">="],
  ["<>", "!="],
  ["≤", "<="],
  ["≥", ">="],
  ["≠", "!="],
];

function strangeOperator(text: string): Read<never> | undefined {
  const found = strangeOps.find(([written]) => text.includes(written));
  if (found === undefined) return undefined;
  const [written, meant] = found;
  const start = text.indexOf(written);
  const message = `"${written}" is no comparison`;
  return flaw("bad-expectation", message, { remedy: `write ${meant}`, start, end: start + written.length });
}

function wrongForm(text: string): Read<never> {
  const single = /[^<>=!]=[^=]/.test(text);
  const remedy = single ? 'equality is written "=="' : `write ${FORM}`;
  return flaw(
    "bad-expectation",
    `"${text}" is not an expectation: ${single ? '"=" is no comparison' : `it needs one of ${ops.join(" ")}`}`,
    {
      remedy,
    },
  );
}

function shifted(found: Read<never>, by: number): Read<never> {
  if (found.ok || found.start === undefined || found.end === undefined) return found;
  return { ...found, start: found.start + by, end: found.end + by };
}

/** The limit in the metric's own unit: milliseconds, a share, a number a second, or a plain number. */
function parseLimit(text: string, unit: MetricUnit): Read<number> {
  const plain = /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  switch (unit) {
    case "time": {
      const parsed = plain === 0 ? parseDuration(0) : parseDuration(text);
      return parsed.ok ? { ok: true, value: parsed.value / MILLISECOND } : parsed;
    }
    case "share": {
      if (plain === undefined) return parseShare(text);
      if (plain <= 1) return { ok: true, value: plain };
      return flaw("wrong-unit", `${text} is not a share`, {
        remedy: `write ${text}%, or a number from 0 to 1`,
      });
    }
    case "rate":
      return plain === undefined ? parseRate(text) : { ok: true, value: plain };
    default: {
      if (plain !== undefined) return { ok: true, value: plain };
      const number = splitNumber(text);
      if (number === undefined) return flaw("bad-expectation", `"${text}" is not a number`);
      if (number.digits.startsWith("-"))
        return flaw("out-of-range", `"${text}" is negative; this metric never is`);
      return flaw("wrong-unit", `"${text}" has a unit; this metric is a plain number`, {
        remedy: `write ${number.digits}`,
      });
    }
  }
}

function parseWindow(text: string): Read<Window> {
  const [, from, to] = /^from\s+(\S+)\s+to\s+(\S+)$/.exec(text) ?? [];
  if (from === undefined || to === undefined) {
    const word = text.split(/\s/)[0]!;
    return flaw("bad-expectation", `"${text}" is not a window${didYouMean(word, ["from"])}`, {
      remedy: "write it like from 40s to 60s",
    });
  }
  const start = parseDuration(from);
  if (!start.ok) return start;
  const end = parseDuration(to);
  if (!end.ok) return end;
  if (start.value < end.value) return { ok: true, value: { from: start.value, to: end.value } };
  return flaw("out-of-range", `"${text}" is empty: it ends before it begins`);
}

function noWindow(metric: MetricName, start: number, text: string): Read<never> {
  return flaw(
    "bad-expectation",
    `"${metric.of}" is not a client, and only metrics of clients can have a window`,
    {
      remedy: "leave out from ... to ...",
      start,
      end: start + text.length,
    },
  );
}
