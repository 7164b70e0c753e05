import { describe, expect, test } from "vitest";
import { SECOND } from "../kernel/time.ts";
import { load, smallScenario } from "./example-scenarios.suite.ts";

/** The small scenario with these changes; they stand in the lines from 25 on or so. */
function withChanges(...changes: string[]) {
  const text = `${smallScenario}\nchanges:\n${changes.map((change) => `  - ${change}`).join("\n")}\n`;
  const { problems, scenarios } = load(text);
  // The place stands in front; the line depends on the small scenario alone.
  return {
    problems: problems.map((problem) => problem.replace(/^\d+:\d+ /, "")),
    changes: scenarios[0]?.scenario.changes,
  };
}

const KNOWN = "known paths: /healthcheck/fail, /healthcheck/ok, /drain_listeners";

describe("changes by the admin interface", () => {
  test("are read with their defaults", () => {
    const { problems, changes } = withChanges(
      "{ at: 20s, proxy: edge, admin: /healthcheck/fail }",
      '{ name: drain, at: 25s, proxies: [edge], share: 50%, delay: 2s, admin: "/drain_listeners?graceful&inboundonly" }',
    );
    expect(problems).toEqual([]);
    expect(changes).toEqual([
      {
        name: "/healthcheck/fail edge",
        at: 20 * SECOND,
        proxies: ["edge"],
        share: 1,
        admin: { path: "/healthcheck/fail", request: { kind: "healthcheck", fails: true } },
      },
      {
        name: "drain",
        at: 25 * SECOND,
        proxies: ["edge"],
        share: 0.5,
        delay: { kind: "constant", value: 2 * SECOND },
        admin: {
          path: "/drain_listeners?graceful&inboundonly",
          request: { kind: "drain_listeners", graceful: true, inboundOnly: true, skipExit: false },
        },
      },
    ]);
  });

  test.each([
    [
      "a misspelt path",
      "{ at: 1s, proxy: edge, admin: /healtcheck/fail }",
      `«/healtcheck/fail» wrong-value there is no admin path "/healtcheck/fail" (did you mean "/healthcheck/fail"?) | ${KNOWN}`,
    ],
    [
      "another path of Envoy's",
      "{ at: 1s, proxy: edge, admin: /quitquitquit }",
      `«/quitquitquit» not-supported not simulated yet: posting /quitquitquit | ${KNOWN}`,
    ],
    [
      "a misspelt parameter",
      "{ at: 1s, proxy: edge, admin: /drain_listeners?gracefull }",
      '«gracefull» wrong-value /drain_listeners has no parameter "gracefull" (did you mean "graceful"?) | known parameters: graceful, inboundonly, skip_exit',
    ],
    [
      "a value, which Envoy does not look at",
      "{ at: 1s, proxy: edge, admin: /drain_listeners?graceful=false }",
      '«graceful=false» wrong-value "graceful" takes no value: Envoy looks only whether it is there | write graceful, or leave it out',
    ],
    [
      "a parameter where there is none",
      "{ at: 1s, proxy: edge, admin: /healthcheck/ok?graceful }",
      "«graceful» wrong-value /healthcheck/ok takes no parameters | write /healthcheck/ok",
    ],
    [
      "an unknown proxy",
      "{ at: 1s, proxy: egde, admin: /healthcheck/ok }",
      '«egde» dangling-name there is no proxy "egde" (did you mean "edge"?) | there is edge',
    ],
    [
      "an unknown proxy in a list",
      "{ at: 1s, proxies: [edge, checkout], admin: /healthcheck/ok }",
      '«checkout» dangling-name there is no proxy "checkout" | there is edge',
    ],
    [
      "no proxy",
      "{ at: 1s, admin: /healthcheck/ok }",
      "«{» missing-key it is not said to which proxy this is posted | give proxy: NAME, or proxies: [ NAME, ... ]",
    ],
    [
      "proxy beside proxies",
      "{ at: 1s, proxy: edge, proxies: [edge], admin: /healthcheck/ok }",
      '«proxies» contradiction "proxies" contradicts "proxy": whom a change concerns is one of them | keep one of the two',
    ],
    [
      "admin beside set",
      '{ at: 1s, proxy: edge, admin: /healthcheck/ok, set: { "clusters[c].lb_policy": RANDOM } }',
      '«set» contradiction "set" contradicts "admin": what a change does is one of them | keep one of the two',
    ],
    [
      "no replica",
      "{ at: 1s, proxy: edge, share: 0%, admin: /healthcheck/ok }",
      "«0%» out-of-range this share is of no replica at all | name a share above 0%",
    ],
  ])("are refused with %s", (_what, change, problem) => {
    expect(withChanges(change).problems.map(firstWords)).toEqual([firstWords(problem)]);
  });

  test("have names of their own", () => {
    const { problems } = withChanges(
      "{ name: a, at: 1s, proxy: edge, admin: /healthcheck/ok }",
      "{ name: a, at: 2s, proxy: edge, admin: /healthcheck/ok }",
    );
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('duplicate-name another change has the name "a", in line');
  });

  test("stand beside changes of configuration, which are refused where they stand", () => {
    const { problems } = withChanges(
      "{ at: 1s, proxy: edge, admin: /healthcheck/ok }",
      "{ at: 2s, proxy: edge, weights: { a: 1 } }",
    );
    expect(problems).toEqual([
      '«weights» not-supported not simulated yet: changes of configuration during a run | leave out "weights" for now',
    ]);
  });

  test("say what they do", () => {
    expect(withChanges("{ at: 1s, proxy: edge }").problems.map(firstWords)).toEqual([
      "«{» missing-key it is not said what changes | give one of admin, set, members, weights, health, config",
    ]);
  });
});

describe("options of a proxy about draining", () => {
  const withOption = (option: string) =>
    load(smallScenario.replace("replicas: 2", `replicas: 2, ${option}`)).problems.map((problem) =>
      problem.replace(/^\d+:\d+ /, ""),
    );

  test("are read in Envoy's form", () => {
    const text = smallScenario.replace(
      "replicas: 2",
      "replicas: 2, drain_time: 1m, drain_strategy: immediate",
    );
    expect(load(text).scenarios[0]!.scenario.proxies[0]).toMatchObject({
      drainTime: 60 * SECOND,
      drainStrategy: "immediate",
    });
  });

  test("are refused otherwise", () => {
    expect(withOption("drain_time: 1500ms")).toEqual([
      "«1500ms» out-of-range Envoy takes whole seconds here | write it like 30s",
    ]);
    expect(withOption("drain_strategy: slow")).toEqual([
      '«slow» wrong-value this is the text "slow", but one of gradual, immediate is wanted',
    ]);
  });
});

/** Where a whole change is meant, its excerpt is the whole line. */
function firstWords(problem: string): string {
  return problem.replace(/^«\{[^»]*»/, "«{»");
}
