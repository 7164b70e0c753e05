import { Chalk, type ChalkInstance, supportsColor, supportsColorStderr } from "chalk";
import { plainStyle, type Style } from "../report/style.ts";

/** The user's word counts first (`--color`, `--no-color`), then NO_COLOR, then what the stream can show. */
export function styleFor(stream: "stdout" | "stderr", wanted: boolean | undefined): Style {
  const supported = stream === "stdout" ? supportsColor : supportsColorStderr;
  const noColor = process.env.NO_COLOR;
  if (wanted === false || (wanted === undefined && noColor !== undefined && noColor !== ""))
    return plainStyle;
  const level = supported === false ? 0 : supported.level;
  if (level === 0 && wanted !== true) return plainStyle;
  return colouredStyle(new Chalk({ level: level === 0 ? 1 : level }));
}

function colouredStyle(chalk: ChalkInstance): Style {
  return {
    bold: (text) => chalk.bold(text),
    dim: (text) => chalk.dim(text),
    good: (text) => chalk.green(text),
    bad: (text) => chalk.red(text),
    warn: (text) => chalk.yellow(text),
  };
}
