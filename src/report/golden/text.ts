import type { RequestStory } from "../../experiment/story/request-story.ts";
import { SECOND } from "../../kernel/time.ts";
import { requestName, shortStoryLines } from "../compare/story-lines.ts";
import { formatMetric, formatTime } from "../figures.ts";
import type { ClientDifference, FigureDifference, GoldenDifferences } from "./differences.ts";
import { unitOfFigure } from "./figures.ts";

const MOST_FIGURES = 5;

/**
 * The differences in lines that people read. `stories` are those of the first differing request of each client, in
 * the run as it is now; the earliest is told.
 */
export function goldenLines(
  { figures, clients, isSameDigest }: GoldenDifferences,
  stories: readonly RequestStory[],
): string[] {
  const shown = figures.slice(0, MOST_FIGURES).map(figureText);
  const rest = figures.length - shown.length;
  const more = rest > 0 ? [`${rest} more ${rest === 1 ? "figure" : "figures"}`] : [];
  const summary = figures.length === 0 ? ["every figure as before"] : [...shown, ...more];
  const requests = isSameDigest
    ? ["the digest is the same: every request goes as before, only what is counted differs"]
    : requestLines(clients, stories);
  return [summary.join("; "), ...requests];
}

export function figureText({ name, was, is }: FigureDifference): string {
  const unit = unitOfFigure(name);
  const missing = unit === "count" ? 0 : null;
  const [before, now] = [was ?? missing, is ?? missing];
  const [beforeText, nowText] = [formatMetric(before, unit), formatMetric(now, unit)];
  // Three digits may hide the difference; six do not.
  if (beforeText !== nowText) return `${name} ${beforeText} → ${nowText}`;
  return `${name} ${before} → ${now}${unit === "ms" ? " ms" : ""}`;
}

function requestLines(clients: readonly ClientDifference[], stories: readonly RequestStory[]): string[] {
  const others = clients.filter(({ hasOtherArrivals }) => hasOtherArrivals).map(({ client }) => client);
  const arrivals =
    others.length === 0
      ? []
      : [`requests of ${others.join(", ")} are wanted at other instants, so numbers may mean other requests`];
  return [...firstLines(clients, stories), ...arrivals];
}

function firstLines(clients: readonly ClientDifference[], stories: readonly RequestStory[]): string[] {
  const told = [...stories].sort((a, b) => a.wantedAt - b.wantedAt)[0];
  const first = clients.find(({ client }) => client === told?.client)?.first;
  if (told !== undefined && first !== undefined) {
    const head = `first differing request ${requestName(told)}: ${first.was} → ${first.is}`;
    return [head, ...shortStoryLines(told).map((line) => `  ${line}`)];
  }
  const from = clients.flatMap(({ goesOtherwise }) => goesOtherwise ?? []).sort((a, b) => a.from - b.from)[0];
  if (from === undefined)
    return ["each recorded request goes as before; there are more or fewer of them, or other ejections"];
  const span = `${seconds(from.from)} to ${formatTime(from.to)}`;
  return [
    `every request has its status, flags and attempts as before; the first to end at another instant or host was wanted at ${span}`,
  ];
}

function seconds(time: number): string {
  return String(time / SECOND);
}
