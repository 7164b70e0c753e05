import { parseDuration } from "../decode/quantity.ts";
import type { NamedWindow } from "../report/run-report.ts";
import { CommandError, ExitCode } from "./exit-code.ts";

/** Options of `run` as the command line gives them. */
export interface RunOptions {
  readonly json?: true;
  readonly seed?: string;
  readonly set?: readonly string[];
  readonly duration?: string;
  readonly out?: string;
  readonly quiet?: true;
  readonly color?: boolean;
  readonly variant?: string;
  readonly windows?: string;
  readonly accessLog?: true;
  readonly strict?: true;
}

/** Reads `--windows 0s-3s,3s-7s`. */
export function parseWindows(text: string | undefined): NamedWindow[] {
  if (text === undefined) return [];
  return text.split(",").map((part) => {
    const [fromText = "", toText = "", ...rest] = part.split("-");
    const from = parseDuration(fromText);
    const to = parseDuration(toText);
    if (!from.ok || !to.ok || rest.length > 0 || from.value >= to.value) {
      throw new CommandError(
        ExitCode.badInput,
        `--windows: "${part}" is not a window; write it like 0s-3s, the end after the beginning`,
      );
    }
    return { fromText, toText, window: { from: from.value, to: to.value } };
  });
}
