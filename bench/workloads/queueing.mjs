import { Fifo } from "../../dist/kernel/fifo.js";
import { measured } from "../measure.mjs";
import { Random } from "../random.mjs";

/** A mean service time: times are whole nanoseconds, so one is a millionth of it. */
const UNIT = 1e6;
const ARRIVAL_RATE = 0.9;

/** W1: an M/M/1 queue at 90 % utilisation, from empty until the last of `customers` has left. */
export function mm1(Simulator, customers, seed) {
  const simulator = new Simulator();
  const random = new Random(seed);
  const waiting = new Fifo();
  let isBusy = false;
  let arrived = 0;
  let sojourn = 0;

  function arrive() {
    if (++arrived < customers) simulator.after(exponential(UNIT / ARRIVAL_RATE), arrive, 0);
    if (isBusy) waiting.push(simulator.now);
    else {
      isBusy = true;
      serve(simulator.now);
    }
  }

  function depart(arrival) {
    sojourn += simulator.now - arrival;
    if (waiting.length > 0) serve(waiting.shift());
    else isBusy = false;
  }

  function serve(arrival) {
    simulator.after(exponential(UNIT), depart, arrival);
  }

  function exponential(mean) {
    return Math.trunc(random.exponential(mean));
  }

  return measured(() => {
    simulator.after(exponential(UNIT / ARRIVAL_RATE), arrive, 0);
    simulator.run();
    return { events: simulator.events, customers, mean_sojourn: sojourn / customers / UNIT };
  });
}
