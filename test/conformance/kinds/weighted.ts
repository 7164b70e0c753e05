import type { CaseContent, Json, Place } from "../case.ts";
import type { Draw } from "../draw.ts";
import {
  type Address,
  allOk,
  clusterOfLocalities,
  everythingTo,
  get,
  hostOf,
  RESULT_FIELDS,
  textOf,
} from "./parts.ts";

/** Rounds of a weighted round robin in one case. */
const ROUNDS = 4;
const MOST_REQUESTS = 400;
/** Ties between equal deadlines depend on the random number of picks before the first request. */
const TOLERANCE = 1;

/** A round robin over hosts of random weights and health: the sequence of picks from a random start. */
export function drawWeighted(draw: Draw, place: Place): CaseContent {
  const hosts = draw.list(draw.whole(2, 10), (index) => place.host(index + 1));
  const isWeighted = draw.chance(0.6);
  // Weights in their lowest terms: the period of the schedule is their sum.
  const weights = hosts.map(() => (isWeighted ? draw.pick([1, 2, 3, 4, 5, 7, 10, 20]) : 1));
  const isHealthy = hosts.map(() => true);
  if (draw.chance(0.4)) sicken(draw, isHealthy);
  const settings = draw.chance(0.5) ? {} : { lb_policy: "ROUND_ROBIN" };
  const cluster = clusterOfLocalities(
    `${place.name}_backend`,
    [
      {
        lb_endpoints: hosts.map((host, i) =>
          hostOf(host, settingsOf(weights[i]!, isHealthy[i]!, isWeighted)),
        ),
      },
    ],
    settings,
  );
  const serving = hosts.map((host, i) => ({ host, weight: weights[i]! })).filter((_, i) => isHealthy[i]);
  const period = serving.reduce((total, { weight }) => total + weight, 0);
  return {
    about: `round robin, weights ${JSON.stringify(weights)}, healthy ${JSON.stringify(isHealthy)}`,
    mode: "sequential",
    alsoRecorded: [],
    virtualHosts: [everythingTo(cluster.name)],
    clusters: [cluster],
    upstreams: allOk(hosts),
    requests: draw.list(Math.min(MOST_REQUESTS, Math.max(60, period * ROUNDS)), (n) => get(n)),
    rules: { exact: RESULT_FIELDS, sequence: [sequenceOf(serving, period)] },
  };
}

/** Less than half of the hosts, so that there is no panic. */
function sicken(draw: Draw, isHealthy: boolean[]): void {
  const most = Math.floor((isHealthy.length - 1) / 2);
  if (most === 0) return;
  for (const index of draw.some([...isHealthy.keys()], draw.whole(1, most))) isHealthy[index] = false;
}

function settingsOf(weight: number, isHealthy: boolean, isWeighted: boolean): Json {
  return {
    ...(isWeighted ? { load_balancing_weight: weight } : {}),
    ...(isHealthy ? {} : { health_status: "UNHEALTHY" }),
  };
}

function sequenceOf(serving: readonly { host: Address; weight: number }[], period: number) {
  if (serving.every(({ weight }) => weight === serving[0]!.weight))
    return { field: "host", mode: "up_to_start" } as const;
  const weights = Object.fromEntries(serving.map(({ host, weight }) => [textOf(host), weight]));
  return { field: "host", mode: "weighted_windows", period, weights, tolerance: TOLERANCE } as const;
}
