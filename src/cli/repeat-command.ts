import type { RunOptions } from "./run-options.ts";

/** The words of the command that gives the same result again. */
export function repeatCommand(path: string, options: RunOptions): string[] {
  const { seed, duration, variant, windows, set = [] } = options;
  return [
    "meshsim",
    "run",
    path,
    ...(variant === undefined ? [] : ["--variant", variant]),
    ...(seed === undefined ? [] : ["--seed", seed]),
    ...(duration === undefined ? [] : ["--duration", duration]),
    ...(windows === undefined ? [] : ["--windows", windows]),
    ...set.flatMap((setting) => ["--set", setting]),
  ].map(quoteForShell);
}

export function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
