export type { Problem } from "./decode/problem.ts";
export { judge, type Verdict } from "./experiment/judge.ts";
export {
  type Files,
  type LoadedScenario,
  type LoadedVariant,
  type LoadOptions,
  type LoadResult,
  loadScenario,
} from "./experiment/load-scenario.ts";
export { type SimulateOptions, simulate } from "./experiment/simulate.ts";
export { type Arm, chartsOfArms } from "./report/charts/arms.ts";
export type { Chart } from "./report/charts/chart.ts";
export { chartsOf } from "./report/charts/charts.ts";
export { drawSvg } from "./report/charts/draw.ts";
export type { RunResult } from "./simulation/result.ts";
