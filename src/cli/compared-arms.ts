import { dirname, isAbsolute, relative } from "node:path";
import type { Problem } from "../decode/problem.ts";
import { combinations } from "../experiment/compare/vary.ts";
import {
  type LoadedScenario,
  type LoadedVariant,
  type LoadOptions,
  loadScenario,
  type VariedVariant,
} from "../experiment/load-scenario.ts";
import { RecordedFiles } from "../experiment/replicate/recorded-files.ts";
import type { ScenarioSource } from "../experiment/replicate/study.ts";
import { variantOf } from "../experiment/simulate.ts";
import { namesEnvoyConfiguration } from "./check.ts";
import { type CompareOptions, splitList, wrong } from "./compare-options.ts";
import { nodeFiles } from "./node-files.ts";
import { readVariations } from "./read-variations.ts";
import { showProblems } from "./show-problems.ts";

/** What is compared: the first arm is the one that others are compared with. */
export interface ComparedArms {
  readonly name: string;
  readonly files: RecordedFiles;
  readonly loads: readonly ScenarioSource[];
  readonly arms: readonly LoadedArm[];
  /** Warnings and notes of the loads. */
  readonly notes: readonly Problem[];
}

export interface LoadedArm {
  readonly name: string;
  /** Position in `loads`. */
  readonly load: number;
  readonly scenario: LoadedScenario;
  readonly variant: LoadedVariant;
  /** Whether its expectations were written for it: those of the base only show what a made variant would do. */
  readonly hasOwnExpectations: boolean;
}

/** What the base is called beside its variants. */
const BASE = "base";

/** Undefined when there are errors in the files; they have been shown. */
export function loadArms(
  file: string,
  file2: string | undefined,
  options: CompareOptions,
): ComparedArms | undefined {
  const isEnvoy = [file, ...(file2 === undefined ? [] : [file2])].map(namesEnvoyConfiguration);
  if (isEnvoy.some(Boolean)) {
    if (!isEnvoy.every(Boolean) || file2 === undefined || options.scenario === undefined) {
      wrong("Envoy configurations are compared two at a time, in a world of your own: --scenario FILE");
    }
    return loadConfigurations(file, file2, options.scenario, options);
  }
  if (options.scenario !== undefined || options.proxy !== undefined) {
    wrong("--scenario and --proxy are for two Envoy configurations");
  }
  return file2 === undefined ? loadVariants(file, options) : loadTwo(file, file2, options);
}

function loadVariants(path: string, options: CompareOptions): ComparedArms | undefined {
  const variations = readVariations(options.vary ?? [], options.color);
  if (variations === undefined) return undefined;
  const varied = combinations(variations);
  const loading = new Loading(options);
  const scenario = loading.load(path, { varied });
  if (scenario === undefined) return undefined;
  const wanted = chosenVariants(path, scenario, varied, options);
  const isMade = new Set(varied.map(({ name }) => name));
  refuseOwnSeeds(scenario, wanted);
  return loading.arms(scenario.name, [
    { name: BASE, load: 0, scenario, variant: variantOf(scenario, null), hasOwnExpectations: true },
    ...wanted.map((name) => ({
      name,
      load: 0,
      scenario,
      variant: variantOf(scenario, name),
      hasOwnExpectations: !isMade.has(name),
    })),
  ]);
}

function chosenVariants(
  path: string,
  { variants }: LoadedScenario,
  varied: readonly VariedVariant[],
  options: CompareOptions,
): string[] {
  const made = varied.map(({ name }) => name);
  const known = variants.flatMap(({ variant }) => variant ?? []);
  const own = known.filter((name) => !made.includes(name));
  const asked = options.variants === undefined ? (made.length > 0 ? [] : own) : splitList(options.variants);
  const missing = asked.find((name) => !own.includes(name));
  if (missing !== undefined) {
    wrong(
      `${path} has no variant "${missing}"; ${own.length === 0 ? "it has none" : `it has ${own.join(", ")}`}`,
    );
  }
  const chosen = [...asked, ...made];
  if (chosen.length === 0) wrong(`${path} has no variants to compare: make some with --vary PATH=A,B`);
  const twice = [BASE, ...chosen, ...own].find(
    (name) => chosen.indexOf(name) < chosen.lastIndexOf(name) || (name === BASE && chosen.includes(BASE)),
  );
  if (twice !== undefined) wrong(`two of what is compared are called "${twice}"`);
  return chosen;
}

/** Paired worlds have one seed. */
function refuseOwnSeeds(scenario: LoadedScenario, wanted: readonly string[]): void {
  const { seed } = variantOf(scenario, null).plan.scenario;
  const other = wanted.find((name) => variantOf(scenario, name).plan.scenario.seed !== seed);
  if (other === undefined) return;
  wrong(`variant "${other}" has a seed of its own, and what is compared has the same seeds: give --seed S`);
}

function loadTwo(first: string, second: string, options: CompareOptions): ComparedArms | undefined {
  if (options.variants !== undefined || options.vary !== undefined) {
    wrong("--variants and --vary are for one scenario; two files are compared as they are");
  }
  if (first === second) wrong(`${first} is given twice`);
  const loading = new Loading(options);
  const base = loading.load(first, {});
  if (base === undefined) return undefined;
  // Paired worlds have one seed.
  const seed = options.seed ?? variantOf(base, null).plan.scenario.seed;
  const other = loading.load(second, { seed });
  if (other === undefined) return undefined;
  const arm = (name: string, load: number, scenario: LoadedScenario): LoadedArm => {
    return { name, load, scenario, variant: variantOf(scenario, null), hasOwnExpectations: true };
  };
  return loading.arms(base.name, [arm(first, 0, base), arm(second, 1, other)]);
}

function loadConfigurations(
  first: string,
  second: string,
  path: string,
  options: CompareOptions,
): ComparedArms | undefined {
  if (options.variants !== undefined || options.vary !== undefined) {
    wrong("--variants and --vary are for one scenario; two files are compared as they are");
  }
  if (first === second) wrong(`${first} is given twice`);
  const proxy = options.proxy ?? onlyProxy(path, options);
  if (proxy === undefined) return undefined;
  const beside = (file: string) => (isAbsolute(file) ? file : relative(dirname(path), file));
  const varied = [first, second].map((file) => ({
    name: file,
    settings: [`proxies[${proxy}].config=${JSON.stringify(beside(file))}`],
  }));
  const loading = new Loading(options);
  const scenario = loading.load(path, { varied, only: [first, second] });
  if (scenario === undefined) return undefined;
  const arms = scenario.variants.map(
    (variant): LoadedArm => ({
      name: variant.variant!,
      load: 0,
      scenario,
      variant,
      hasOwnExpectations: true,
    }),
  );
  return loading.arms(scenario.name, arms);
}

function onlyProxy(path: string, options: CompareOptions): string | undefined {
  const scenario = new Loading(options).load(path, {});
  if (scenario === undefined) return undefined;
  const proxies = variantOf(scenario, null).plan.proxies.map(({ name }) => name);
  if (proxies.length === 1) return proxies[0]!;
  const known = proxies.length === 0 ? "it has none" : `it has ${proxies.join(", ")}`;
  return wrong(`say which proxy of ${path} has these configurations, with --proxy NAME: ${known}`);
}

/** Loads scenarios with the options that hold for all of them. */
class Loading {
  private readonly options: CompareOptions;
  private readonly files = new RecordedFiles(nodeFiles);
  private readonly loads: ScenarioSource[] = [];
  private readonly notes: Problem[] = [];

  constructor(options: CompareOptions) {
    this.options = options;
  }

  load(path: string, more: LoadOptions): LoadedScenario | undefined {
    const { set, seed, duration, color } = this.options;
    const options: LoadOptions = {
      ...(set !== undefined && { settings: set }),
      ...(seed !== undefined && { seed }),
      ...(duration !== undefined && { duration }),
      ...more,
    };
    const { problems, sources, loaded } = loadScenario(path, this.files, options);
    if (loaded === undefined) showProblems(problems, sources, color);
    this.loads.push({ path, options });
    this.notes.push(...problems.filter(({ severity }) => severity !== "error"));
    return loaded;
  }

  arms(name: string, arms: readonly LoadedArm[]): ComparedArms {
    return { name, files: this.files, loads: this.loads, arms, notes: this.notes };
  }
}
