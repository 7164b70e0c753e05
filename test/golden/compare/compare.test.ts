import { describe, expect, it } from "vitest";
import { compare } from "./compare.ts";
import { type Recording, type Row, readRecording } from "./recording.ts";
import type { Rules } from "./rules.ts";

function recording(results: readonly Row[], others: Partial<Recording> = {}): Recording {
  return { ...readRecording(new Map(), "results.jsonl"), results, ...others };
}

function hosts(text: string): Recording {
  return recording([...text].map((host, n) => ({ n, host, route: "r" })));
}

const misses = (recorded: Recording, actual: Recording, rules: Rules) =>
  compare(recorded, actual, rules).length;

describe("exact", () => {
  const recorded = recording(
    [
      { n: 0, status: 200 },
      { n: 1, status: 503 },
    ],
    { stats: { up: 1 } },
  );

  it("compares each request, and a missing value with null", () => {
    expect(misses(recorded, recorded, { exact: ["status", "host"] })).toBe(0);
    expect(
      misses(
        recorded,
        recording([
          { n: 0, status: 200 },
          { n: 1, status: 200 },
        ]),
        { exact: ["status"] },
      ),
    ).toBe(1);
    expect(misses(recorded, recording([{ n: 0, status: 200 }]), { exact: ["status"] })).toBe(1);
  });

  it("leaves out the requests of except_n", () => {
    const actual = recording([
      { n: 0, status: 200 },
      { n: 1, status: 200 },
    ]);
    expect(misses(recorded, actual, { exact: ["status"], except_n: { status: [1] } })).toBe(0);
  });

  it("takes a statistic that is not there for 0", () => {
    expect(misses(recorded, recorded, { stats_exact: ["up", "down"] })).toBe(0);
    expect(misses(recorded, recording([]), { stats_exact: ["up"] })).toBe(1);
  });

  it("compares ejections in their order without their time", () => {
    const event = { type: "CONSECUTIVE_5XX", host: "a", action: "EJECT", num_ejections: 1, enforced: true };
    const early = recording([], { ejections: [{ ...event, at_ms: 1 }] });
    const late = recording([], { ejections: [{ ...event, at_ms: 99 }] });
    expect(misses(early, late, { exact: ["ejections"] })).toBe(0);
    expect(misses(early, recording([]), { exact: ["ejections"] })).toBe(1);
    const range = [{ field: "ejections.at_ms", below: 10, above: 10 }];
    expect(misses(early, late, { range })).toBe(1);
    expect(misses(early, early, { range })).toBe(0);
  });

  it("leaves endpoints of attempts out where hosts are left to chance", () => {
    const at = (endpoint: string) => recording([], { upstream: [{ n: 0, endpoint, path: "/" }] });
    expect(misses(at("a"), at("b"), { exact: ["upstream"] })).toBe(0);
    expect(misses(at("a"), at("b"), { exact: ["upstream", "attempts"] })).toBe(1);
  });
});

describe("sequence", () => {
  const rules: Rules = { sequence: [{ field: "host", mode: "up_to_start" }] };

  it("may begin at another point", () => {
    expect(misses(hosts("abcabcabc"), hosts("cabcabcab"), rules)).toBe(0);
    expect(misses(hosts("abcabcabc"), hosts("acbacbacb"), rules)).toBe(1);
  });

  it("needs an overlap of a third", () => {
    expect(misses(hosts("aaaaaaaab"), hosts("bcccccccc"), rules)).toBe(1);
  });

  it("compares groups and the hosts inside each", () => {
    const grouped: Rules = {
      sequence: [
        {
          field: "host",
          mode: "up_to_start_within_groups",
          groups: [
            ["a", "b"],
            ["x", "y"],
          ],
        },
      ],
    };
    expect(misses(hosts("axbyaxby"), hosts("bxaybxay"), grouped)).toBe(0);
    expect(misses(hosts("axbyaxby"), hosts("aaxxbbyy"), grouped)).toBe(3);
  });

  it("counts in every window of a period", () => {
    const windows: Rules = {
      sequence: [
        { field: "host", mode: "weighted_windows", period: 4, weights: { a: 1, b: 3 }, tolerance: 0 },
      ],
    };
    expect(misses(hosts("abbb"), hosts("babbbabb"), windows)).toBe(0);
    expect(misses(hosts("abbb"), hosts("abbbbabb"), windows)).toBe(1);
    expect(misses(hosts("abbb"), hosts("abb"), windows)).toBe(0);
  });
});

describe("distribution", () => {
  const rule = { field: "host", groups: { a: ["a"], b: ["b"] }, z: 4, recorded: { a: 50, b: 50 } };
  const sample = (a: number) => hosts("a".repeat(a) + "b".repeat(100 - a));

  it("allows z standard deviations of a difference of two samples, and one", () => {
    // p = 0.65: 4 * sqrt(2 * 100 * 0.65 * 0.35) + 1 = 27.98; p = 0.64: 28.15.
    expect(misses(sample(50), sample(77), { distribution: [rule] })).toBe(0);
    expect(misses(sample(50), sample(80), { distribution: [rule] })).toBe(2);
  });

  it("allows less around an exact share", () => {
    const exact = { ...rule, computed_percent: { a: 50, b: 50 } };
    // 4 * sqrt(100 * 0.5 * 0.5) + 1 = 21.
    expect(misses(sample(50), sample(71), { distribution: [exact] })).toBe(0);
    expect(misses(sample(50), sample(72), { distribution: [exact] })).toBe(2);
  });

  it("does not take values that belong to no group", () => {
    expect(misses(sample(50), hosts("x".repeat(100)), { distribution: [rule] })).toBe(1);
  });
});

it("compares the sets of hosts by route", () => {
  const rules: Rules = { set_per_route: [{ field: "host" }] };
  expect(misses(hosts("abc"), hosts("ccba"), rules)).toBe(0);
  expect(misses(hosts("abc"), hosts("ab"), rules)).toBe(1);
});

it("takes ranges as absolute or as relative to the recorded value", () => {
  const timed = (duration_ms: number) => recording([{ n: 0, status: 200, duration_ms }]);
  const relative: Rules = { range: [{ field: "duration_ms", below: 40, above: 6 }] };
  expect([60, 106, 59, 107].map((ms) => misses(timed(100), timed(ms), relative))).toEqual([0, 0, 1, 1]);
  const absolute: Rules = { range: [{ field: "duration_ms", n: [0], min: 5, max: 7 }] };
  expect([5, 8].map((ms) => misses(timed(100), timed(ms), absolute))).toEqual([0, 1]);
  const counted: Rules = { range: [{ field: "count:status=200", below: 0, above: 0 }] };
  expect(misses(timed(1), recording([{ n: 0, status: 503 }]), counted)).toBe(1);
});

describe("events", () => {
  const events = (...list: [at: number, host: string, what: string][]) =>
    recording([], { health: list.map(([at_ms, host, what]) => ({ at_ms, host, what, rate: at_ms })) });
  const rule = { file: "health", until_ms: 1000, within_ms: 100, without: ["rate"] } as const;
  const rules: Rules = { events: [rule] };
  const recorded = events([100, "a", "out"], [300, "b", "out"], [500, "a", "in"]);

  it("compares the order of each host's events and about when they are", () => {
    expect(misses(recorded, events([210, "b", "out"], [199, "a", "out"], [600, "a", "in"]), rules)).toBe(0);
    expect(misses(recorded, events([100, "a", "out"], [300, "b", "out"], [601, "a", "in"]), rules)).toBe(1);
    expect(misses(recorded, events([100, "a", "in"], [300, "b", "in"], [500, "a", "in"]), rules)).toBe(2);
  });

  it("misses an event unless it is near the end", () => {
    expect(misses(recorded, events([100, "a", "out"], [500, "a", "in"]), rules)).toBe(1);
    const more = events([100, "a", "out"], [300, "b", "out"], [500, "a", "in"], [950, "a", "out"]);
    expect(misses(recorded, more, rules)).toBe(0);
    expect(misses(more, recorded, rules)).toBe(0);
    const early = events([100, "a", "out"], [300, "b", "out"], [500, "a", "in"], [850, "a", "out"]);
    expect(misses(recorded, early, rules)).toBe(1);
  });

  it("leaves out what comes later, and the fields that the rule names", () => {
    expect(misses(recorded, recorded, { events: [{ ...rule, without: [] }] })).toBe(0);
    const later = events([100, "a", "out"], [300, "b", "out"], [500, "a", "in"], [1001, "b", "in"]);
    expect(misses(recorded, later, rules)).toBe(0);
    expect(misses(recorded, events([101, "a", "out"]), { events: [{ ...rule, without: [] }] })).toBe(2);
  });
});
