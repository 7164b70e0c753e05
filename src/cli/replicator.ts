import { setMaxListeners } from "node:events";
import { availableParallelism } from "node:os";
import { setTimeout } from "node:timers/promises";
import { Piscina } from "piscina";
import type { Job, Replicate, Study } from "../experiment/replicate/study.ts";
import { CommandError, ExitCode } from "./exit-code.ts";
import { Progress } from "./progress.ts";
import type { JobAnswer } from "./replicate-worker.ts";

export interface ReplicatorOptions {
  /** What progress calls it. */
  readonly label: string;
  /** Worker threads; absent: one for each core. */
  readonly threads?: number;
  readonly quiet?: boolean;
}

const PROGRESS_INTERVAL_MS = 200;
/** Between looks at whether the threads have loaded, before they are ended. */
const LOADED_INTERVAL_MS = 10;
/** One job that runs and one that waits, so that no thread is idle; a long queue would make an interrupt slow. */
const LANES_A_THREAD = 2;

/**
 * Runs the jobs of a study on worker threads. What it answers does not depend on how many there are. An interrupt
 * (Ctrl-C) ends the runs under way; what is done is kept. To be closed when nothing more is wanted of it.
 */
export class Replicator {
  private readonly study: Study;
  private readonly options: ReplicatorOptions;
  private readonly abort = new AbortController();
  private readonly interrupt = (): void => this.abort.abort();
  /** Why a thread broke down outside of any job. */
  private breakdown: Error | null = null;
  private pool: Piscina<Job, JobAnswer> | null = null;
  /** Ids of the threads that have loaded their modules. */
  private readonly ready = new Set<number>();
  private readonly progress: Progress | null;

  constructor(study: Study, options: ReplicatorOptions) {
    this.study = study;
    this.options = options;
    this.progress = options.quiet === true ? null : new Progress(options.label);
    // Each queued job listens.
    setMaxListeners(0, this.abort.signal);
    process.on("SIGINT", this.interrupt);
  }

  get isInterrupted(): boolean {
    return this.abort.signal.aborted && this.breakdown === null;
  }

  /**
   * The answers in the order of the jobs; undefined where an interrupt came first, or an answer to which `isLast` holds:
   * every job before that one has its answer, and what came of later ones depends on the threads. Throws a CommandError
   * where the scenario turns out to be impossible to run.
   */
  async run(
    jobs: readonly Job[],
    isLast: (replicate: Replicate) => boolean = () => false,
  ): Promise<(Replicate | undefined)[]> {
    if (jobs.length === 0 || this.isInterrupted) return jobs.map(() => undefined);
    const pool = (this.pool ??= this.makePool(jobs.length));
    const answers: (Replicate | undefined)[] = jobs.map(() => undefined);
    const failures = new Map<number, unknown>();
    let next = 0;
    let done = 0;
    let isStopped = false;
    const work = async (): Promise<void> => {
      while (next < jobs.length && !this.abort.signal.aborted && !isStopped && failures.size === 0) {
        const index = next++;
        try {
          const answer = await this.runOne(pool, jobs[index]!);
          answers[index] = answer;
          if (answer !== undefined && isLast(answer)) isStopped = true;
        } catch (error) {
          failures.set(index, error);
        }
        done++;
      }
    };
    const timer = setInterval(() => this.progress?.show(done / jobs.length), PROGRESS_INTERVAL_MS);
    try {
      await Promise.all(Array.from({ length: LANES_A_THREAD * pool.maxThreads }, work));
    } finally {
      clearInterval(timer);
      this.progress?.clear();
    }
    // Every job before a failed one has been tried, so the first failure is the same for any number of threads.
    if (failures.size > 0) throw failures.get(Math.min(...failures.keys()));
    return answers;
  }

  async close(): Promise<void> {
    process.off("SIGINT", this.interrupt);
    if (this.pool === null) return;
    // Node 20 aborts the process when a thread is ended while it loads modules.
    while (this.pool.threads.some(({ threadId }) => !this.ready.has(threadId))) {
      await setTimeout(LOADED_INTERVAL_MS);
    }
    await this.pool.destroy();
  }

  private async runOne(pool: Piscina<Job, JobAnswer>, job: Job): Promise<Replicate | undefined> {
    let answer: JobAnswer;
    try {
      answer = await pool.run(job, { signal: this.abort.signal });
    } catch (error) {
      if (this.isInterrupted) return undefined;
      throw this.breakdown ?? error;
    }
    if ("refused" in answer) throw new CommandError(ExitCode.badInput, answer.refused);
    return answer.replicate;
  }

  private makePool(jobs: number): Piscina<Job, JobAnswer> {
    const threads = Math.min(this.options.threads ?? availableParallelism(), jobs);
    const pool = new Piscina<Job, JobAnswer>({
      filename: new URL("./replicate-worker.js", import.meta.url).href,
      name: "work",
      workerData: this.study,
      // Threads of the minimum count as ready from their start, so that an interrupt might end them while they load,
      // and come again after an interrupt.
      minThreads: 0,
      maxThreads: threads,
      idleTimeout: Number.POSITIVE_INFINITY,
    });
    pool.on("workerCreate", ({ id }: { readonly id: number }) => this.ready.add(id));
    pool.on("error", (error: Error) => {
      this.breakdown ??= error;
      this.abort.abort();
    });
    return pool;
  }
}

/** Reads `--jobs`. */
export function parseJobs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new CommandError(ExitCode.badInput, `--jobs: "${text}" is not a number of threads; give 1 or more`);
}
