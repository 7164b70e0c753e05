// Whether intervals of `compare` are honest: repeats a small comparison whose truth is known many times and counts how
// often the 95% intervals contain it. Exits with 1 if that is not so in 93 to 97 % of the repetitions.
// node scripts/coverage.mjs [--seed S] [--repetitions N] [--jobs J], after npm run build
import { parseArgs } from "node:util";
import tQuantile from "@stdlib/stats-base-dists-t-quantile";
import { Replicator } from "../dist/cli/replicator.js";
import { compareReplicates } from "../dist/experiment/compare/comparison.js";
import { jobsOf } from "../dist/experiment/replicate/study.js";
import { confidenceInterval } from "../dist/statistics/confidence-interval.js";

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    repetitions: { type: "string", default: "1000" },
    jobs: { type: "string" },
  },
});
const repetitions = Number(options.repetitions);
const REPLICATIONS = 10;
const [LEAST, MOST] = [0.93, 0.97];

// M/M/1: Poisson arrivals, exponential service, one worker. The relaxation time 1 / (sqrt(mu) - sqrt(lambda))^2 is
// 117 ms at a mean of 10 ms, and shorter for the other; the warm-up is 25 of it. `other` is a service of its own with
// the same mean: other luck, no difference.
const ARRIVALS = 50;
const scenario = `name: mm1
seed: ${JSON.stringify(options.seed)}
duration: 43s
warmup: 3s
services:
  one: { replicas: 1, workers: 1, time: { exponential: { mean: 10ms } } }
  other: { replicas: 1, workers: 1, time: { exponential: { mean: 10ms } } }
clients:
  web: { to: one, arrivals: { poisson: ${ARRIVALS}/s }, request: { method: GET, authority: a, path: / } }
variants:
  faster: { set: { services.one.time.exponential.mean: 8ms } }
  alike: { set: { clients.web.to: other } }
`;

/** Stationary mean of the time in system, in milliseconds: 1 / (mu - lambda). */
const sojourn = (serviceMs) => 1000 / (1000 / serviceMs - ARRIVALS);
const comparisons = [
  { of: "faster", truth: sojourn(8) - sojourn(10) },
  { of: "alike", truth: 0 },
];

const metrics = [{ text: "web.mean", metric: { of: "web", steps: ["mean"] } }];
const study = {
  files: new Map([["mm1.yaml", scenario]]),
  loads: [{ path: "mm1.yaml", options: {} }],
  arms: [null, "faster", "alike"].map((variant) => ({ name: variant ?? "base", load: 0, variant, metrics })),
};
const selection = { metrics, meanings: [{ unit: "ms", quantity: "amount" }], dropsZeroes: false };

/** Replications by repetition: each has seeds of its own. */
async function replicate() {
  const threads = options.jobs === undefined ? {} : { threads: Number(options.jobs) };
  const runner = new Replicator(study, { label: "coverage", ...threads });
  try {
    const all = [];
    for (let repetition = 0; repetition < repetitions; repetition += 50) {
      const to = Math.min(repetition + 50, repetitions);
      all.push(...(await runner.run(jobsOf(study, repetition * REPLICATIONS, to * REPLICATIONS))));
      if (runner.isInterrupted) process.exit(130);
    }
    const size = study.arms.length * REPLICATIONS;
    return Array.from({ length: repetitions }, (_, index) => all.slice(index * size, (index + 1) * size));
  } finally {
    await runner.close();
  }
}

/** Half width of the interval for the difference of the means of two sets of as many independent runs. */
function unpairedHalf(a, b) {
  const [ofA, ofB] = [a, b].map((values) => {
    const { mean, hi } = confidenceInterval(values);
    return (hi - mean) / tQuantile(0.975, values.length - 1);
  });
  return tQuantile(0.975, a.length + b.length - 2) * Math.sqrt(ofA ** 2 + ofB ** 2);
}

const covers = ({ lo, hi }, truth) => lo <= truth && truth <= hi;
const valuesOf = (replicates, arm) =>
  replicates.filter((each) => each.arm === arm).map(({ values }) => values[0]);
const isHonest = (share) => share >= LEAST && share <= MOST;
const percent = (share) => `${(100 * share).toFixed(1)} %`;

const all = await replicate();
let hasFailed = false;
function tell(what, share) {
  hasFailed ||= !isHonest(share);
  console.log(
    `${isHonest(share) ? "ok   " : "FAILS"} ${what}: covered in ${percent(share)} of ${repetitions}`,
  );
}

const summaries = all.map((replicates) => compareReplicates(study, replicates, selection).metrics[0]);
tell(
  `mean of base, truth ${sojourn(10).toFixed(3)} ms`,
  summaries.filter(({ arms }) => covers(arms[0].interval, sojourn(10))).length / repetitions,
);
for (const [index, { of, truth }] of comparisons.entries()) {
  const differences = summaries.map((summary) => summary.differences[index].interval);
  tell(
    `difference of ${of}, truth ${truth.toFixed(3)} ms`,
    differences.filter((interval) => covers(interval, truth)).length / repetitions,
  );
  const paired = differences.reduce((sum, { mean, hi }) => sum + hi - mean, 0) / repetitions;
  // Runs of the variant in the next repetition have other seeds: nothing is shared with this one.
  const unpaired =
    all.reduce((sum, replicates, repetition) => {
      const others = all[(repetition + 1) % repetitions];
      return sum + unpairedHalf(valuesOf(replicates, 0), valuesOf(others, index + 1));
    }, 0) / repetitions;
  const factor = (unpaired / paired).toFixed(2);
  console.log(
    `      half width ${paired.toFixed(3)} ms paired, ${unpaired.toFixed(3)} ms unpaired: pairing shrinks it ${factor} times`,
  );
}
process.exitCode = hasFailed ? 1 : 0;
