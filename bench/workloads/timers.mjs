import { measured } from "../measure.mjs";
import { Random } from "../random.mjs";

const MEAN = 1e6;

/** W4, the hold model: `pending` events; the earliest runs and schedules itself again, `operations` times. */
export function timers(Simulator, operations, seed, pending) {
  const simulator = new Simulator();
  const random = new Random(seed);
  let left = operations;

  function hold(timer) {
    simulator.after(Math.trunc(random.exponential(MEAN)), hold, timer);
    if (--left === 0) simulator.stop();
  }

  for (let timer = 0; timer < pending; timer++) {
    simulator.after(Math.trunc(random.exponential(MEAN)), hold, timer);
  }
  const result = measured(() => {
    simulator.run();
    return { events: operations, customers: 0, pending };
  });
  return { ...result, mean_hold: simulator.now / MEAN / (operations / pending) };
}
