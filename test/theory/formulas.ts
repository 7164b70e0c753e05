/**
 * Steady-state formulas of queueing theory. Rates and times in any one unit; `load` is arrival rate times mean
 * service time, in Erlangs.
 */

/** Probability that all of c workers are busy where nobody may wait (Erlang B), by its stable recursion. */
export function erlangB(c: number, load: number): number {
  let b = 1;
  for (let k = 1; k <= c; k++) b = (load * b) / (k + load * b);
  return b;
}

/** Probability that an arrival must wait for one of c workers (Erlang C). */
export function erlangC(c: number, load: number): number {
  const b = erlangB(c, load);
  return b / (1 - (load / c) * (1 - b));
}

/** Mean wait in M/M/c. */
export function waitMMc(c: number, lambda: number, service: number): number {
  const load = lambda * service;
  return (erlangC(c, load) * service) / (c - load);
}

/** Mean wait in M/G/1 (Pollaczek and Khinchine), by the first two moments of the service time. */
export function waitMG1(lambda: number, mean: number, secondMoment: number): number {
  return (lambda * secondMoment) / (2 * (1 - lambda * mean));
}

/**
 * Probabilities of 0 ... n in the system, of a birth-death process with these rates: births(k) from k to k + 1,
 * deaths(k) from k to k - 1.
 */
export function birthDeath(
  n: number,
  births: (k: number) => number,
  deaths: (k: number) => number,
): number[] {
  const weights = [1];
  for (let k = 1; k <= n; k++) weights.push((weights[k - 1]! * births(k - 1)) / deaths(k));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/** Mean of a distribution over 0 ... n. */
export function meanOf(probabilities: readonly number[]): number {
  return probabilities.reduce((sum, p, k) => sum + k * p, 0);
}

/**
 * The root in (0, 1) of sigma = A(mu (1 - sigma)), A being the Laplace transform of the gap between arrivals: in G/M/1
 * the sojourn is exponential with mean 1 / (mu (1 - sigma)).
 */
export function sigmaGM1(transform: (s: number) => number, mu: number): number {
  let sigma = 0.5;
  for (let i = 0; i < 10_000; i++) sigma = transform(mu * (1 - sigma));
  return sigma;
}

/**
 * Relaxation time of M/M/c: the slowest decay towards the steady state, 1 / (sqrt(c mu) - sqrt(lambda))^2. It bounds
 * that of the single-server queues here, too, when the squared coefficient of variation of their service is at most
 * 1; a larger one stretches it in proportion to (1 + that) / 2.
 */
export function relaxation(c: number, lambda: number, service: number): number {
  const root = Math.sqrt(c / service) - Math.sqrt(lambda);
  return 1 / (root * root);
}

/** z with P(Z <= z) = 0.99 for a standard normal Z. */
export const Z99 = 2.3263478740408408;
