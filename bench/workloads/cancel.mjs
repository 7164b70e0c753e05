import { measured } from "../measure.mjs";
import { Random } from "../random.mjs";

const MILLISECOND = 1e6;
const MEAN_SERVICE = 10 * MILLISECOND;
const TIMEOUT = 100 * MILLISECOND;

class Call {
  completion = 0;
  timer = 0;
}

/**
 * W5: `inFlight` requests; each ends after an exponential time, cancels its timeout, and starts the next. A
 * timeout hardly ever comes due (exp(-10): 45 in a million); when it does, its request ends by it and cancels
 * the completion instead.
 */
export function cancel(Simulator, operations, seed, inFlight, isVarying) {
  const simulator = new Simulator();
  const random = new Random(seed);
  let left = operations;
  let timeouts = 0;

  function start(call) {
    call.completion = simulator.after(Math.trunc(random.exponential(MEAN_SERVICE)), complete, call);
    const delay = isVarying ? Math.trunc((0.5 + random.uniform()) * TIMEOUT) : TIMEOUT;
    call.timer = simulator.timeout(delay, timedOut, call);
  }

  function complete(call) {
    simulator.cancel(call.timer);
    start(call);
    if (--left === 0) simulator.stop();
  }

  function timedOut(call) {
    timeouts++;
    simulator.cancel(call.completion);
    start(call);
  }

  for (let i = 0; i < inFlight; i++) start(new Call());
  return measured(() => {
    simulator.run();
    return { events: operations, customers: 0, pending: inFlight, timeouts };
  });
}
