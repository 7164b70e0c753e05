import type { AttemptStory, RequestStory } from "../../experiment/story/request-story.ts";
import { SECOND } from "../../kernel/time.ts";
import { formatMs } from "../figures.ts";
import { causeMeaning } from "../flag-meanings.ts";

/** The story of a request in lines: what each proxy tried, then how it ended for the client. */
export function storyLines(story: RequestStory): string[] {
  return [...story.steps.map((step) => stepLine(step, story)), endLine(story)];
}

/** More than this is a storm of retries, of which the first and the last attempts tell enough. */
const mostSteps = 8;

/** As `storyLines`, with the middle of a long story left out. */
export function shortStoryLines(story: RequestStory): string[] {
  const lines = storyLines(story);
  const end = lines.pop()!;
  if (lines.length <= mostSteps) return [...lines, end];
  const [head, tail] = [lines.slice(0, mostSteps / 2), lines.slice(-mostSteps / 2)];
  return [...head, `… ${lines.length - mostSteps} more attempts …`, ...tail, end];
}

function stepLine(
  { proxy, attempt, host, from, to, outcome }: AttemptStory,
  { wantedAt }: RequestStory,
): string {
  const took = to === undefined ? "" : ` after ${formatMs((to - from) / 1e6)}`;
  const target = host === undefined ? "" : ` to ${host}`;
  return `${offset(from - wantedAt)}  ${proxy}, attempt ${attempt}${target}: ${outcome}${took}`;
}

function endLine({ client, wantedAt, endedAt, status, flags, attempts }: RequestStory): string {
  const key = /^[1-9]\d\d$/.test(status) ? `got ${status}` : causeMeaning(status);
  const why =
    flags.length === 0 ? "" : ` with ${flags.map((flag) => `${flag} (${causeMeaning(flag)})`).join(", ")}`;
  const count = `${attempts} ${attempts === 1 ? "attempt" : "attempts"}`;
  return `${offset(endedAt - wantedAt)}  ${client}: ${key}${why}, ${count}`;
}

function offset(time: number): string {
  return `+${formatMs(time / 1e6)}`.padStart(9);
}

/** `web#10412, wanted at 31.204 s`. */
export function requestName({ client, ordinal, wantedAt }: RequestStory): string {
  return `${client}#${ordinal}, wanted at ${(wantedAt / SECOND).toFixed(3)} s`;
}
