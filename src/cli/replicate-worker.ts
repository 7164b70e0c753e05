import { workerData } from "piscina";
import { LoadedStudy, runJob } from "../experiment/replicate/run-job.ts";
import type { Job, Replicate, Study } from "../experiment/replicate/study.ts";
import { StandstillError } from "../kernel/standstill.ts";
import { nodeFiles } from "./node-files.ts";

/** A run, or why the input allows none. */
export type JobAnswer = { readonly replicate: Replicate } | { readonly refused: string };

const loaded = new LoadedStudy(workerData as Study, nodeFiles.beside);

/** What a worker thread of the pool does with a job. */
export function work(job: Job): JobAnswer {
  try {
    return { replicate: runJob(loaded, job) };
  } catch (error) {
    // Errors lose their class between threads.
    if (error instanceof StandstillError) return { refused: error.message };
    throw error;
  }
}
