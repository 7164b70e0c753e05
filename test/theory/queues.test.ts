import { describe, expect, it } from "vitest";
import type { World } from "../support/world.ts";
import { erlangC, relaxation, sigmaGM1, waitMG1, waitMMc, Z99 } from "./formulas.ts";
import { api, expectTheory, meanMs, replicate, station, WARMUP_RELAXATIONS, web } from "./replications.ts";

/** Quantiles of results are up to 0.1% high, on average half as much. */
const HISTOGRAM = 1.0005;

/** All times in ms, rates per ms. */
const perSecond = (rate: number) => `${rate * 1000}/s`;
const EXPONENTIAL = (mean: number) => ({ exponential: { mean: `${mean}ms` } });

interface Case {
  readonly workers: number;
  readonly lambda: number;
  readonly mean: number;
  readonly time: unknown;
  /** Squared coefficient of variation of the service time; 1 or less where nothing is said. */
  readonly variation?: number;
  readonly requests: number;
  readonly arrivals?: World;
}

const files = { "times.txt": "0.2ms\n0.6ms\n0.6ms\n2.6ms\n" };

function simulate(seed: string, { workers, lambda, mean, time, variation = 1, requests, arrivals }: Case) {
  const stretch = Math.max(1, (1 + variation) / 2);
  const warmup = WARMUP_RELAXATIONS * relaxation(workers, lambda, mean) * stretch;
  const world = station(
    { workers, time },
    arrivals ?? { poisson: perSecond(lambda) },
    warmup / 1000,
    requests / lambda / 1000,
  );
  return replicate(world, { seed, files });
}

/** Sojourn, utilisation, waiting and throughput as they follow from the mean wait. */
function expectMeans(results: ReturnType<typeof simulate>, { workers, lambda, mean }: Case, wait: number) {
  expectTheory("sojourn", results, meanMs, wait + mean);
  expectTheory("utilisation", results, (result) => api(result).utilisation!, (lambda * mean) / workers, 0.05);
  expectTheory("waiting", results, (result) => api(result).queueMean, lambda * wait, 0.25);
  expectTheory("throughput", results, (result) => web(result).rps, lambda * 1000, 0.02);
}

describe("M/M/1", () => {
  it.each([
    [0.5, 10_000],
    [0.8, 15_000],
    [0.9, 30_000],
  ])("at load %d", (load, requests) => {
    const queue = { workers: 1, lambda: load, mean: 1, time: EXPONENTIAL(1), requests };
    const results = simulate(`mm1-${load}`, queue);
    expectMeans(results, queue, load / (1 - load));
    // The sojourn is exponential with rate 1 - load.
    const quantile = (q: number) => (-Math.log(1 - q) / (1 - load)) * HISTOGRAM;
    expectTheory("p50", results, (result) => web(result).latencyMs!.p50, quantile(0.5));
    expectTheory("p90", results, (result) => web(result).latencyMs!.p90, quantile(0.9), 0.2);
    expectTheory("p99", results, (result) => web(result).latencyMs!.p99, quantile(0.99), 0.3);
  });
});

describe("M/M/c", () => {
  it.each([
    [2, 0.8, 15_000],
    [8, 0.85, 20_000],
    [16, 0.9, 30_000],
  ])("with %d workers at load %d", (workers, load, requests) => {
    const queue = { workers, lambda: load * workers, mean: 1, time: EXPONENTIAL(1), requests };
    const results = simulate(`mmc-${workers}`, queue);
    expectMeans(results, queue, waitMMc(workers, queue.lambda, 1));
  });

  it("of the formulas agrees with the known value for 16 workers and 14.4 Erlangs", () => {
    expect(erlangC(16, 14.4)).toBeCloseTo(0.591343, 6);
    expect(1 + waitMMc(16, 14.4, 1)).toBeCloseTo(1.36959, 5);
  });
});

describe("M/M/infinity", () => {
  it("has no wait", () => {
    const results = replicate(station({ time: EXPONENTIAL(5) }, { poisson: "1000/s" }, 0.2, 5), {
      seed: "mm-inf",
    });
    expectTheory("sojourn", results, meanMs, 5);
    expectTheory("p99", results, (result) => web(result).latencyMs!.p99, 5 * Math.log(100) * HISTOGRAM);
  });
});

describe("M/D/1", () => {
  it.each([
    [0.5, 10_000],
    [0.8, 15_000],
  ])("at load %d", (load, requests) => {
    const queue = { workers: 1, lambda: load, mean: 1, time: "1ms", requests };
    expectMeans(simulate(`md1-${load}`, queue), queue, waitMG1(load, 1, 1));
  });
});

describe("M/G/1 (Pollaczek-Khinchine)", () => {
  const sigma = Math.log(5) / Z99;
  const moments = [Math.exp((sigma * sigma) / 2), Math.exp(2 * sigma * sigma)] as const;
  const mixture = [
    { weight: "90%", constant: "0.5ms" },
    { weight: "10%", exponential: { mean: "5.5ms" } },
  ];
  const cases: [name: string, time: unknown, mean: number, second: number][] = [
    ["lognormal by median and p99", { lognormal: { median: "1ms", p99: "5ms" } }, ...moments],
    ["lognormal by median and sigma", { lognormal: { median: "1ms", sigma } }, ...moments],
    ["uniform", { uniform: { min: "0ms", max: "2ms" } }, 1, 4 / 3],
    ["erlang", { erlang: { mean: "1ms", k: 4 } }, 1, 1.25],
    ["gamma", { gamma: { mean: "1ms", shape: 2 } }, 1, 1.5],
    ["pareto", { pareto: { min: "0.8ms", alpha: 5 } }, 1, (5 / 3) * 0.64],
    // Of shape 2: the mean is Gamma(3/2), the second moment Gamma(2).
    ["weibull", { weibull: { scale: "1ms", shape: 2 } }, Math.sqrt(Math.PI) / 2, 1],
    ["mixture", { mixture }, 0.9 * 0.5 + 0.1 * 5.5, 0.9 * 0.25 + 0.1 * 2 * 5.5 * 5.5],
    ["empirical", { empirical: { file: "times.txt" } }, 1, (0.04 + 2 * 0.36 + 6.76) / 4],
  ];

  it.each(cases)("with service times %s", (name, time, mean, second) => {
    const lambda = 0.6 / mean;
    const variation = second / (mean * mean) - 1;
    // The wait varies about as much as the service does.
    const requests = variation > 1 ? 30_000 : 10_000;
    const queue = { workers: 1, lambda, mean, time, variation, requests };
    expectMeans(simulate(`mg1-${name}`, queue), queue, waitMG1(lambda, mean, second));
  });
});

describe("D/M/1", () => {
  it.each([0.5, 0.8])("at load %d", (load) => {
    const arrivals = { constant: perSecond(load) };
    const queue = { workers: 1, lambda: load, mean: 1, time: EXPONENTIAL(1), requests: 12_000, arrivals };
    const results = simulate(`dm1-${load}`, queue);
    const sigma = sigmaGM1((s) => Math.exp(-s / load), 1);
    expectMeans(results, queue, sigma / (1 - sigma));
    const p90 = (Math.log(10) * HISTOGRAM) / (1 - sigma);
    expectTheory("p90", results, (result) => web(result).latencyMs!.p90, p90);
  });
});
