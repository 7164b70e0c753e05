/** Exit codes, the same for every command and output format. */
export const ExitCode = {
  fine: 0,
  /** An expectation failed. */
  failed: 1,
  /** The input was wrong, or refused by `--strict`. */
  badInput: 2,
  /** meshsim itself failed. */
  internal: 3,
  /** Output could not be written. */
  notWritten: 4,
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Ends a command with a message and a code. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}
