import type { Problem } from "../decode/problem.ts";
import {
  type LoadedScenario,
  type LoadedVariant,
  type LoadOptions,
  loadScenario,
} from "../experiment/load-scenario.ts";
import { RecordedFiles } from "../experiment/replicate/recorded-files.ts";
import type { ScenarioSource } from "../experiment/replicate/study.ts";
import { variantOf } from "../experiment/simulate.ts";
import { type Grid, makeGrid, variantsOf } from "../experiment/sweep/grid.ts";
import { wrong } from "./compare-options.ts";
import { nodeFiles } from "./node-files.ts";
import { readVariations } from "./read-variations.ts";
import { showProblems } from "./show-problems.ts";
import type { GridOptions } from "./sweep-options.ts";

/** Scenarios whose settings are varied in the same way. */
export interface LoadedGrid {
  readonly grid: Grid;
  readonly files: RecordedFiles;
  /** One for each file, in their order. */
  readonly scenarios: readonly GriddedScenario[];
  /** Warnings and notes of the loads. */
  readonly notes: readonly Problem[];
}

export interface GriddedScenario {
  readonly path: string;
  readonly name: string;
  readonly source: ScenarioSource;
  /** In the order of the grid's points. */
  readonly points: readonly LoadedVariant[];
}

/** More would take days to run and nobody looks at them. */
const MOST_POINTS = 2_500;

/** Undefined when there are errors in options or files; they have been shown. */
export function loadGrid(paths: readonly string[], options: GridOptions): LoadedGrid | undefined {
  const grid = readGrid(options);
  if (grid === undefined) return undefined;
  const files = new RecordedFiles(nodeFiles);
  const notes: Problem[] = [];
  const scenarios: GriddedScenario[] = [];
  for (const path of paths) {
    const loadOptions = loadOptionsOf(options);
    const base = load(path, files, loadOptions, options.color);
    if (base === undefined) return undefined;
    checkVariant(path, base, grid, options.variant);
    const varied: LoadOptions = {
      ...loadOptions,
      varied: variantsOf(grid, options.variant),
      only: grid.points.map(({ name }) => name),
    };
    const loaded = load(path, files, varied, options.color, notes);
    if (loaded === undefined) return undefined;
    const points = grid.points.map(({ name }) => variantOf(loaded, name));
    scenarios.push({ path, name: loaded.name, source: { path, options: varied }, points });
  }
  return { grid, files, scenarios, notes };
}

function readGrid({ vary = [], color }: GridOptions): Grid | undefined {
  if (vary.length === 0)
    wrong("say what to vary, such as --vary clients.web.arrivals.poisson=100/s..500/s:100/s");
  const variations = readVariations(vary, color);
  if (variations === undefined) return undefined;
  const count = variations.reduce((product, { values }) => product * values.length, 1);
  if (count > MOST_POINTS) wrong(`--vary makes ${count} points, more than ${MOST_POINTS}; give larger steps`);
  return makeGrid(variations);
}

function loadOptionsOf({ set, seed, duration }: GridOptions): LoadOptions {
  return {
    ...(set !== undefined && { settings: set }),
    ...(seed !== undefined && { seed }),
    ...(duration !== undefined && { duration }),
  };
}

function load(
  path: string,
  files: RecordedFiles,
  options: LoadOptions,
  color: boolean | undefined,
  notes?: Problem[],
): LoadedScenario | undefined {
  const { problems, sources, loaded } = loadScenario(path, files, options);
  if (loaded === undefined) showProblems(problems, sources, color);
  notes?.push(...problems.filter(({ severity }) => severity !== "error"));
  return loaded;
}

function checkVariant(
  path: string,
  { variants }: LoadedScenario,
  grid: Grid,
  wanted: string | undefined,
): void {
  const own = variants.flatMap(({ variant }) => variant ?? []);
  if (wanted !== undefined && !own.includes(wanted)) {
    wrong(
      `${path} has no variant "${wanted}"; ${own.length === 0 ? "it has none" : `it has ${own.join(", ")}`}`,
    );
  }
  const taken = grid.points.find(({ name }) => own.includes(name));
  if (taken !== undefined)
    wrong(`${path} has a variant called "${taken.name}", as a point of the grid would be`);
}
