import type { Behaviour, CaseContent, Place } from "../../case.ts";
import type { Draw } from "../../draw.ts";
import { clusterOf, everythingTo, get, textOf } from "../parts.ts";
import { CASE_MS, type DrawnCheck, HEALTH_STATS, TOLERANCE_MS } from "./checks.ts";

const REQUEST_EVERY_MS = 120;
/** Between two answers that fail the host it recovers. */
const LEAST_BETWEEN = 8;
const FAILED: Behaviour = { status: 200, headers: { "x-envoy-immediate-health-check-fail": "true" } };

/** One host in panic, so that it gets every request: some of its answers to them say that it is out. */
export function drawPassive(draw: Draw, place: Place, { check: drawn, passing }: DrawnCheck): CaseContent {
  // Lines for every check would have to come in the right order with those for requests.
  const { always_log_health_check_success: _, always_log_health_check_failures: __, ...check } = drawn;
  const host = place.host(1);
  const cluster = clusterOf(`${place.name}_backend`, [host], {
    common_lb_config: { update_merge_window: "0s" },
    health_checks: [check],
  });
  const script: Behaviour[] = [];
  for (let runs = draw.whole(1, 3); runs > 0; runs--) {
    for (let left = LEAST_BETWEEN + draw.whole(0, 6); left > 0; left--) script.push({ status: 200 });
    script.push(FAILED);
  }
  const count = Math.floor(CASE_MS / REQUEST_EVERY_MS);
  return {
    about: `answers that fail their host, checks ${JSON.stringify(check)}`,
    mode: "concurrent",
    alsoRecorded: [],
    virtualHosts: [everythingTo(cluster.name)],
    clusters: [cluster],
    upstreams: {
      [textOf(host)]: {
        default: { status: 200 },
        script,
        listen: true,
        health: { default: passing, script: [] },
      },
    },
    requests: draw.list(count, (n) => get(n, { at_ms: n * REQUEST_EVERY_MS })),
    rules: {
      exact: ["status", "flags", "route", "host"],
      events: [{ file: "health", until_ms: CASE_MS, within_ms: TOLERANCE_MS }],
    },
    stats: [...HEALTH_STATS, "health_check.passive_failure"],
  };
}
