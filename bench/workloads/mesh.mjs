import { Fifo } from "../../dist/kernel/fifo.js";
import { measured } from "../measure.mjs";
import { Random } from "../random.mjs";

const MILLISECOND = 1e6;
const HOSTS = 20;
const WORKERS = 4;
const UTILISATION = 0.7;
const SERVICE_MEDIAN = 8 * MILLISECOND;
const SIGMA = 0.6;
const GAP = (SERVICE_MEDIAN * Math.exp((SIGMA * SIGMA) / 2)) / (UTILISATION * HOSTS * WORKERS);
const LINK = 0.25 * MILLISECOND;
const TIMEOUT = 100 * MILLISECOND;
const FAILURE_SHARE = 0.01;
const MAX_ATTEMPTS = 3;
const BACK_OFF = 25 * MILLISECOND;

class Host {
  active = 0;
  busy = 0;
  waiting = new Fifo();
}

class Request {
  attempts = 0;
  constructor(start) {
    this.start = start;
  }
}

class Attempt {
  timer = 0;
  isDead = false;
  isFailure = false;
  constructor(request, host) {
    this.request = request;
    this.host = host;
  }
}

/** W3: one proxy, 20 hosts, least request of two, per-try timeout, retry with back-off. */
export function mesh(Simulator, requests, seed) {
  const simulator = new Simulator();
  const random = new Random(seed);
  const link = simulator.lane(LINK);
  const hosts = Array.from({ length: HOSTS }, () => new Host());
  const latencies = new Float64Array(requests);
  let finished = 0;
  let arrived = 0;
  let attempts = 0;
  let timeouts = 0;
  let failed = 0;

  function arrive() {
    if (++arrived < requests) simulator.after(Math.trunc(random.exponential(GAP)), arrive, undefined);
    send(new Request(simulator.now));
  }

  function send(request) {
    attempts++;
    request.attempts++;
    const host = leastActiveOfTwo();
    host.active++;
    const attempt = new Attempt(request, host);
    attempt.timer = simulator.timeout(TIMEOUT, timedOut, attempt);
    link.after(reach, attempt);
  }

  function leastActiveOfTwo() {
    const first = hosts[random.below(HOSTS)];
    const second = hosts[random.below(HOSTS)];
    return second.active < first.active ? second : first;
  }

  function reach(attempt) {
    const { host } = attempt;
    if (host.busy === WORKERS) host.waiting.push(attempt);
    else {
      host.busy++;
      serve(attempt);
    }
  }

  function serve(attempt) {
    const time = SERVICE_MEDIAN * Math.exp(SIGMA * random.normal());
    simulator.after(Math.trunc(time), served, attempt);
  }

  function served(attempt) {
    const { host } = attempt;
    attempt.isFailure = random.uniform() < FAILURE_SHARE;
    const next = host.waiting.shift();
    if (next === undefined) host.busy--;
    else serve(next);
    link.after(respond, attempt);
  }

  function respond(attempt) {
    if (attempt.isDead) return;
    simulator.cancel(attempt.timer);
    attempt.host.active--;
    if (attempt.isFailure) retry(attempt.request);
    else finish(attempt.request);
  }

  function timedOut(attempt) {
    timeouts++;
    attempt.isDead = true;
    attempt.host.active--;
    retry(attempt.request);
  }

  function retry(request) {
    if (request.attempts === MAX_ATTEMPTS) {
      failed++;
      finish(request);
      return;
    }
    const longest = BACK_OFF * 2 ** (request.attempts - 1);
    simulator.after(Math.trunc(random.uniform() * longest), send, request);
  }

  function finish(request) {
    latencies[finished++] = simulator.now - request.start;
  }

  const result = measured(() => {
    simulator.after(Math.trunc(random.exponential(GAP)), arrive, undefined);
    simulator.run();
    return { events: simulator.events, customers: requests, attempts, timeouts, failed };
  });
  return { ...result, requests_per_s: Math.trunc(requests / result.seconds), ...quantiles(latencies) };
}

/** Of all but the first tenth that finished, in milliseconds. */
function quantiles(latencies) {
  const sorted = latencies.slice(Math.trunc(latencies.length / 10)).sort();
  const sum = sorted.reduce((total, latency) => total + latency, 0);
  return {
    mean_sojourn: sum / sorted.length / MILLISECOND,
    p50: sorted[Math.floor(0.5 * sorted.length)] / MILLISECOND,
    p99: sorted[Math.floor(0.99 * sorted.length)] / MILLISECOND,
  };
}
