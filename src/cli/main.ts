#!/usr/bin/env node
import { CommanderError } from "@commander-js/extra-typings";
import { CommandError, ExitCode } from "./exit-code.ts";
import { makeProgram } from "./program.ts";
import { ClosedPipe } from "./standard-output.ts";

/** Runs the command line; every way in which it can end becomes one of the exit codes. */
async function main(): Promise<void> {
  // Nobody is left to tell when standard error has gone too; the exit code still says how it ended.
  process.stderr.on("error", () => {});
  try {
    await makeProgram((code) => {
      process.exitCode = code;
    }).parseAsync();
  } catch (error) {
    process.exitCode = codeOf(error);
  }
}

function codeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.fine : ExitCode.badInput;
  if (error instanceof ClosedPipe) return Number(process.exitCode ?? ExitCode.fine);
  if (error instanceof CommandError) {
    process.stderr.write(`meshsim: ${error.message}\n`);
    return error.exitCode;
  }
  const details = process.env.MESHSIM_DEBUG === undefined ? messageOf(error) : stackOf(error);
  process.stderr.write(
    `meshsim: this is a fault of meshsim, not of your input: ${details}\n` +
      "Please report it with the command and the files (MESHSIM_DEBUG=1 shows where it happened).\n",
  );
  return ExitCode.internal;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

await main();
