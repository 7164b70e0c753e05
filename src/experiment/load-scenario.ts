import { type ReadConfig, readBootstrap } from "../config/bootstrap.ts";
import type { Location, Problem } from "../decode/problem.ts";
import { Problems } from "../decode/problem.ts";
import type { Setting } from "../decode/setting-path.ts";
import { SourceFile } from "../decode/source-file.ts";
import { checkZones } from "../scenario/check-zones.ts";
import { namedConfigs } from "../scenario/derive-document.ts";
import type { Expectation, Window } from "../scenario/expectation.ts";
import { type DerivedScenario, deriveScenario, readScenario, type ScenarioFile } from "../scenario/load.ts";
import { parseSetting, settingSource } from "../scenario/settings.ts";
import { checkFaults } from "../simulation/check-faults.ts";
import { knownStatistics } from "../simulation/known-statistics.ts";
import { type LoadedProxy, loadProxy } from "../simulation/load-proxy.ts";
import type { WorldPlan } from "../simulation/plan.ts";
import { planWorld } from "../simulation/plan-world.ts";
import { checkMetric, checkStatistic, type MetricWorld } from "./check-metric.ts";
import { isEnvoyConfiguration } from "./envoy-configuration.ts";

/** Where files come from; paths are as the user knows them. Throws an error with a `code` such as `ENOENT`. */
export interface Files {
  read(path: string): string;
  /** The path of a file that another file names. */
  beside(path: string, name: string): string;
}

export interface LoadOptions {
  /** `PATH=VALUE`, applied last, to the base and to every variant. */
  readonly settings?: readonly string[];
  /** Replaces the scenario's seed. */
  readonly seed?: string;
  /** Replaces the scenario's duration, such as `30s`. */
  readonly duration?: string;
  /** Variants that the file does not have: the base with settings of their own, after all others. */
  readonly varied?: readonly VariedVariant[];
  /** Derives these only (null: the base), for who has loaded the whole before; absent: all. */
  readonly only?: readonly (string | null)[];
}

/** A variant made on the command line. */
export interface VariedVariant {
  readonly name: string;
  /** `PATH=VALUE`. */
  readonly settings: readonly string[];
  /** The variant of the file that it starts from; absent: the base. */
  readonly of?: string;
}

/** A scenario that may be run: the base (variant null) and its variants, in the order of the file. */
export interface LoadedScenario {
  readonly name: string;
  readonly variants: readonly LoadedVariant[];
}

export interface LoadedVariant {
  readonly variant: string | null;
  readonly plan: WorldPlan;
  /** Those of the base, or the variant's own. */
  readonly expectations: readonly Expectation[];
}

export interface LoadResult {
  /** Sorted. */
  readonly problems: readonly Problem[];
  /** Every file that was read, by the name that locations use. */
  readonly sources: ReadonlyMap<string, SourceFile>;
  /** Undefined when there are errors. */
  readonly loaded: LoadedScenario | undefined;
}

/** Reads a scenario with everything that it names; the whole of it is checked, whatever is to be run. */
export function loadScenario(path: string, files: Files, options: LoadOptions = {}): LoadResult {
  const loading = new Loading(files);
  const loaded = loading.load(path, options);
  const { problems, sources } = loading;
  return { problems: problems.sorted(), sources, loaded: problems.hasErrors ? undefined : loaded };
}

class Loading {
  readonly problems = new Problems();
  readonly sources = new Map<string, SourceFile>();
  private readonly files: Files;
  private readonly configs = new Map<string, ReadConfig>();
  private readonly checkedStatistics = new Set<string>();

  constructor(files: Files) {
    this.files = files;
  }

  load(path: string, options: LoadOptions): LoadedScenario | undefined {
    const { problems } = this;
    const text = this.readTop(path);
    if (text !== undefined && isEnvoyConfiguration(text.text)) return this.refuseEnvoy(text);
    const file =
      text && readScenario(text, (name) => this.files.read(this.files.beside(path, name)), problems);
    if (file === undefined) return undefined;
    const settings = this.settings(options);
    const isWanted = (name: string | null) => options.only === undefined || options.only.includes(name);
    const ofFile = [null, ...file.variants]
      .filter(isWanted)
      .flatMap((variant) => this.variant(path, file, variant, settings) ?? []);
    const varied = (options.varied ?? [])
      .filter(({ name }) => isWanted(name))
      .flatMap((made) => {
        // The next one would say the same again, since most settings stand in many of them.
        if (problems.hasErrors) return [];
        const own = made.settings.flatMap((argument) => this.parseSetting(argument, `--vary ${argument}`));
        const derived = this.variant(path, file, made.of ?? null, [...settings, ...own]);
        return derived === undefined ? [] : [{ ...derived, variant: made.name }];
      });
    const variants = [...ofFile, ...varied];
    const first = variants[0];
    return first && { name: first.plan.scenario.name, variants };
  }

  private readTop(path: string): SourceFile | undefined {
    try {
      return this.source(path, this.files.read(path));
    } catch (error) {
      const location: Location = { file: path, line: 1, column: 1, length: 1 };
      const message = `this file cannot be read (${error instanceof Error ? error.message : String(error)})`;
      this.problems.add({ severity: "error", code: "missing-file", message, remedy: "", location, path: "" });
      return undefined;
    }
  }

  /** Without this, each of its keys would be told as unknown. */
  private refuseEnvoy(file: SourceFile): undefined {
    this.problems.add({
      severity: "error",
      code: "not-a-scenario",
      message: "this is an Envoy configuration, and a scenario is wanted",
      remedy:
        "write a scenario around it, with proxies: { NAME: { config: FILE } }; `meshsim explain` takes it as it is",
      location: { file: file.name, line: 1, column: 1, length: 1 },
      path: "",
    });
    return undefined;
  }

  private settings({ settings = [], seed, duration }: LoadOptions): Setting[] {
    return [
      ...settings.flatMap((argument) =>
        this.parseSetting(argument, settingSource("--set", argument, settings.length)),
      ),
      ...(seed === undefined ? [] : this.parseSetting(`seed=${JSON.stringify(seed)}`, "--seed")),
      ...(duration === undefined ? [] : this.parseSetting(`duration=${duration}`, "--duration")),
    ];
  }

  private parseSetting(argument: string, name: string): Setting[] {
    this.source(name, argument);
    const setting = parseSetting(argument, this.problems, name);
    return setting === undefined ? [] : [setting];
  }

  private variant(
    path: string,
    file: ScenarioFile,
    variant: string | null,
    settings: readonly Setting[],
  ): LoadedVariant | undefined {
    const { problems } = this;
    const derived = deriveScenario(file, variant, settings, problems);
    if (derived === undefined) {
      // What is wrong in Envoy's files is told in the same go.
      for (const named of namedConfigs(file.document, variant, settings)) {
        const read = this.config(this.files.beside(path, named.config));
        if (read !== undefined) loadProxy(named.proxy, read, named.settings, problems);
      }
      return undefined;
    }
    const proxies = derived.scenario.proxies.flatMap(({ name, config }) => {
      const read = this.config(this.files.beside(path, config));
      return (read && loadProxy(name, read, derived.proxySettings.get(name) ?? [], problems)) ?? [];
    });
    if (proxies.length < derived.scenario.proxies.length || problems.hasErrors) return undefined;
    return { variant, plan: this.plan(derived, proxies), expectations: derived.scenario.expect };
  }

  /** Undefined when there is no such file, which the scenario's check has reported. */
  private config(path: string): ReadConfig | undefined {
    const known = this.configs.get(path);
    if (known !== undefined) return known;
    try {
      const read = readBootstrap(this.source(path, this.files.read(path)), this.problems);
      this.configs.set(path, read);
      return read;
    } catch {
      return undefined;
    }
  }

  private plan({ scenario, document }: DerivedScenario, proxies: readonly LoadedProxy[]): WorldPlan {
    const { problems } = this;
    const plan = planWorld(scenario, proxies, (path, code, message, remedy) =>
      document.report(problems, { path }, code, message, { remedy }),
    );
    checkFaults(scenario, plan.services, (path, code, message, remedy) =>
      document.report(problems, { path }, code, message, { remedy }),
    );
    checkZones(document, envoyZones(proxies), problems);
    checkExpectations(scenario.expect, plan, problems);
    this.checkStatistics(scenario.expect, plan);
    if (plan.unclaimed.length > 0) this.noteUnclaimed(plan, document.locate(["services"], "key"));
    return plan;
  }

  /**
   * Each statistic is checked in the first world that names it, for to know them the world must be built; another variant
   * may lack what counts it, where it is 0.
   */
  private checkStatistics(expectations: readonly Expectation[], plan: WorldPlan): void {
    const { problems, checkedStatistics } = this;
    const unchecked = expectations.filter(({ metric: { of, steps } }) => {
      const name = `${of} ${steps[1]}`;
      if (steps[0] !== "stats" || checkedStatistics.has(name)) return false;
      checkedStatistics.add(name);
      return true;
    });
    if (unchecked.length === 0 || problems.hasErrors) return;
    const known = knownStatistics(plan);
    for (const { metric, location } of unchecked) {
      const problem = checkStatistic(metric, known.get(metric.of)!);
      if (problem !== undefined)
        problems.add({ code: "unknown-statistic", ...problem, location, path: "expect" });
    }
  }

  private noteUnclaimed({ unclaimed }: WorldPlan, location: Location): void {
    const shown = unclaimed.slice(0, 3).map(({ address, cluster }) => `${address} (cluster ${cluster})`);
    const more = unclaimed.length > shown.length ? ` and ${unclaimed.length - shown.length} more` : "";
    this.problems.add({
      severity: "note",
      code: "unclaimed-endpoint",
      message: `no service claims ${shown.join(", ")}${more}: taken to answer in 1 ms without limit`,
      remedy: "add a service with cluster: NAME to say how its hosts behave",
      location,
      path: "services",
    });
  }

  private source(name: string, text: string): SourceFile {
    const file = new SourceFile(name, text);
    this.sources.set(name, file);
    return file;
  }
}

function checkExpectations(expectations: readonly Expectation[], plan: WorldPlan, problems: Problems): void {
  const world = metricWorld(plan);
  for (const { metric, window, location } of expectations) {
    const problem = checkMetric(metric, world, window !== undefined);
    if (problem === undefined) continue;
    problems.add({ severity: "error", code: "unknown-metric", ...problem, location, path: "expect" });
  }
}

/** What metrics this world has. */
export function metricWorld(plan: WorldPlan): MetricWorld {
  return {
    clients: plan.clients.map(({ name }) => name),
    services: new Map(plan.services.map(({ name, hosts }) => [name, hosts.map(({ address }) => address)])),
    proxies: new Map(
      plan.proxies.map(({ name, config }) => [name, config.clusters.map(({ statName }) => statName)]),
    ),
  };
}

/** The zones of the endpoints that clusters list. */
function envoyZones(proxies: readonly LoadedProxy[]): string[] {
  return proxies.flatMap(({ config }) =>
    config.clusters.flatMap(({ assignment }) => assignment.endpoints.map(({ locality }) => locality.zone)),
  );
}

/** The windows that expectations name, each once, in their order. */
export function windowsOf(expectations: readonly Expectation[]): Window[] {
  const windows = new Map<string, Window>();
  for (const { window } of expectations) if (window) windows.set(`${window.from} ${window.to}`, window);
  return [...windows.values()];
}
