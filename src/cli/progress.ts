import { setImmediate } from "node:timers/promises";
import type { Scenario } from "../scenario/scenario.ts";
import type { Run } from "../simulation/run-world.ts";

/** A run is cut into so many steps, between which an interruption is heard and progress is shown. */
const STEPS = 200;
const TERMINAL_INTERVAL_MS = 200;
const OTHER_INTERVAL_MS = 10_000;

/**
 * Runs to the end, or until an interrupt (Ctrl-C), which is the answer. Shows progress on a terminal, elsewhere at most a
 * line every ten seconds.
 */
export async function runInSteps(
  run: Run,
  { name, duration, drain }: Scenario,
  options: { quiet?: true },
): Promise<boolean> {
  const progress = options.quiet === true ? null : new Progress(name);
  let isInterrupted = false;
  const interrupt = (): void => {
    isInterrupted = true;
  };
  process.on("SIGINT", interrupt);
  try {
    for (let step = 1; !run.isDone; step++) {
      run.advance(
        step <= STEPS ? (duration * step) / STEPS : duration + (drain * (step - STEPS)) / STEPS + 1,
      );
      progress?.show(Math.min(step / STEPS, 1));
      await setImmediate();
      if (isInterrupted) break;
    }
    return isInterrupted && !run.isDone;
  } finally {
    process.off("SIGINT", interrupt);
    progress?.clear();
  }
}

export class Progress {
  private readonly name: string;
  private readonly isTerminal = process.stderr.isTTY === true;
  private shownAt = Date.now();

  constructor(name: string) {
    this.name = name;
  }

  show(share: number): void {
    const interval = this.isTerminal ? TERMINAL_INTERVAL_MS : OTHER_INTERVAL_MS;
    if (Date.now() - this.shownAt < interval) return;
    this.shownAt = Date.now();
    const text = `${this.name}: ${Math.trunc(share * 100)}%`;
    process.stderr.write(this.isTerminal ? `\r${text}` : `${text}\n`);
  }

  clear(): void {
    if (this.isTerminal) process.stderr.write("\r\x1b[K");
  }
}
