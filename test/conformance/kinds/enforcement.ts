import type { CaseContent, Endpoint, Json, Place } from "../case.ts";
import type { Draw } from "../draw.ts";
import { anyHost, clusterOf, get, textOf } from "./parts.ts";

/** Every request fails at a host of its own, or at one that was not ejected then. */
const HOSTS = 150;
const REQUESTS = 140;
const CLOSED: Endpoint = { listen: false };
const INTERVAL_MS = 1050;
/** Less than from the last ejection, which comes within the first interval, to the sweep behind it. */
const BASE_MS = 100;
/** Read in the middle between two sweeps. */
const SWEEPS_BEFORE_READING = 2.5;
/** 99.99 % of the differences of two samples. */
const Z = 3.89;

/** Detectors that chance decides about: how many of their detections they enforce, and for how long. */
export function drawEnforcement(draw: Draw, place: Place): CaseContent {
  return draw.chance(0.6) ? drawShares(draw, place) : drawJitter(draw, place);
}

/** Each request is one detection, of which a share is enforced. */
function drawShares(draw: Draw, place: Place): CaseContent {
  const percent = draw.pick([5, 20, 50, 80]);
  const [detector, name] = draw.pick([
    [{ consecutive_5xx: 1, enforcing_consecutive_5xx: percent }, "consecutive_5xx"],
    [
      {
        consecutive_5xx: 0,
        consecutive_gateway_failure: 1,
        enforcing_consecutive_gateway_failure: percent,
      },
      "consecutive_gateway_failure",
    ],
    [
      {
        split_external_local_origin_errors: true,
        consecutive_local_origin_failure: 1,
        enforcing_consecutive_local_origin_failure: percent,
      },
      "consecutive_local_origin_failure",
    ],
  ] as const);
  const content = contentOf(place, {
    interval: "60s",
    base_ejection_time: "60s",
    max_ejection_percent: 100,
    ...detector,
  });
  return {
    ...content,
    about: `${percent} % of ${name} enforced`,
    rules: rulesFor(content, `outlier_detection.ejections_enforced_${name}`, percent / 100),
    stats: ["ejections_overflow", `ejections_detected_${name}`].map((each) => `outlier_detection.${each}`),
  };
}

/** All are ejected within one interval, and come back at the sweeps behind the base time and a random addition. */
function drawJitter(draw: Draw, place: Place): CaseContent {
  const jitterMs = INTERVAL_MS * draw.pick([2, 3, 4]);
  const content = contentOf(place, {
    interval: `${INTERVAL_MS / 1000}s`,
    base_ejection_time: `${BASE_MS / 1000}s`,
    max_ejection_time_jitter: `${jitterMs / 1000}s`,
    max_ejection_percent: 100,
    consecutive_5xx: 1,
  });
  // Of those ejected at any time within the first interval, half of an interval before its end on average.
  const back = (INTERVAL_MS * 1.5 - BASE_MS) / jitterMs;
  return {
    ...content,
    about: `ejections of ${BASE_MS} ms and up to ${jitterMs} ms more`,
    settleMs: Math.round(INTERVAL_MS * (SWEEPS_BEFORE_READING - 1)),
    rules: rulesFor(content, "outlier_detection.ejections_active", Math.min(0.5, back)),
    stats: ["ejections_enforced_total", "ejections_overflow"].map((each) => `outlier_detection.${each}`),
  };
}

function contentOf(place: Place, outlier_detection: Json) {
  const hosts = Array.from({ length: HOSTS }, (_, index) => place.host(index + 1));
  const cluster = clusterOf(`${place.name}_backend`, hosts, {
    common_lb_config: { healthy_panic_threshold: { value: 0 }, update_merge_window: "0s" },
    outlier_detection,
  });
  const route = { cluster: cluster.name };
  return {
    mode: "concurrent" as const,
    alsoRecorded: [],
    virtualHosts: [anyHost("app", [{ name: "all", match: { prefix: "/" }, route }])],
    clusters: [cluster],
    upstreams: Object.fromEntries(hosts.map((host) => [textOf(host), CLOSED])),
    // Envoy's main thread has heard of each before the next.
    requests: Array.from({ length: REQUESTS }, (_, n) => get(n, { at_ms: n * 6 })),
  };
}

/** `share`: how many of the requests the statistic counts in the mean. */
function rulesFor(
  { clusters }: { readonly clusters: readonly Json[] },
  statistic: string,
  share: number,
): CaseContent["rules"] {
  const bound = Math.ceil(Z * Math.sqrt(2 * REQUESTS * share * (1 - share))) + 1;
  const field = `stats:cluster.${clusters[0]!.name}.${statistic}`;
  return { exact: ["status", "flags", "route"], range: [{ field, below: bound, above: bound }] };
}
