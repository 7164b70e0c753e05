import type { ArmMetric, ComparedMetric } from "../../experiment/compare/comparison.ts";
import type { StoryPair } from "../../experiment/compare/first-difference.ts";
import type { RequestStory } from "../../experiment/story/request-story.ts";
import type { ConfidenceInterval } from "../../statistics/confidence-interval.ts";
import { round } from "../figures.ts";
import { JsonObject, type OrderedJson, printJson } from "../ordered-json.ts";
import type { ComparisonReport, FirstDifferenceReport } from "./comparison-report.ts";

/** The document that `meshsim compare FILE --json` prints, with a line end; its keys are in docs/scenario.md. */
export function formatComparisonJson(report: ComparisonReport): string {
  const { version, scenario, seed, comparison, firstDifferences } = report;
  const document = JsonObject.of({
    schema: 1,
    meshsim: version,
    scenario,
    seed,
    base: comparison.arms[0]!.name,
    metrics: comparison.metrics.map(metricDocument),
    expect: new JsonObject(
      comparison.arms.map(({ name, expectations }) => [
        name,
        expectations.map(({ text, held, n }) => JsonObject.of({ text, held, n })),
      ]),
    ),
    same_as_base: comparison.arms.filter(({ isSame }) => isSame).map(({ name }) => name),
    first_differences: firstDifferences.map(firstDifferenceDocument),
  });
  return `${printJson(document)}\n`;
}

function metricDocument({ text, arms, differences }: ComparedMetric): JsonObject {
  return JsonObject.of({
    metric: text,
    variants: new JsonObject(arms.map((arm) => [arm.arm, armDocument(arm)])),
    differences: differences.map(({ of, from, interval, verdict }) =>
      JsonObject.of({ of, from, ...intervalFields(interval), verdict }),
    ),
  });
}

function armDocument({ interval, groups }: ArmMetric): JsonObject {
  const fields = intervalFields(interval);
  if (groups === undefined) return JsonObject.of(fields);
  const described = [groups.low, groups.high].map((group) =>
    JsonObject.of({
      share: round(group.length / interval.n),
      n: group.length,
      least: round(group[0]!),
      most: round(group.at(-1)!),
    }),
  );
  return JsonObject.of({ ...fields, groups: described });
}

function intervalFields({ mean, lo, hi, n }: ConfidenceInterval) {
  return { mean: known(mean), lo: known(lo), hi: known(hi), n };
}

/** One value has a mean but no interval; none has nothing. */
function known(value: number): number | null {
  return Number.isNaN(value) ? null : round(value);
}

function firstDifferenceDocument({ of, from, first }: FirstDifferenceReport): JsonObject {
  return JsonObject.of({
    of,
    from,
    outcome: pairDocument(first.outcome, of, from),
    host: pairDocument(first.host, of, from),
  });
}

function pairDocument(pair: StoryPair | undefined, of: string, from: string): OrderedJson {
  if (pair === undefined) return null;
  const { client, ordinal, wantedAt } = pair.from;
  return JsonObject.of({
    client,
    ordinal,
    wanted_ns: wantedAt,
    stories: new JsonObject([
      [from, storyDocument(pair.from)],
      [of, storyDocument(pair.of)],
    ]),
  });
}

function storyDocument(story: RequestStory): OrderedJson {
  return JsonObject.of({
    status: story.status,
    flags: story.flags,
    attempts: story.attempts,
    wanted_ns: story.wantedAt,
    ended_ns: story.endedAt,
    steps: story.steps.map(({ proxy, attempt, host, from, to, outcome }) =>
      JsonObject.of({ proxy, attempt, host: host ?? null, from_ns: from, to_ns: to ?? null, outcome }),
    ),
  });
}
