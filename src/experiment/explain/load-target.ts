import { readBootstrap } from "../../config/bootstrap.ts";
import { nearest } from "../../decode/nearest.ts";
import { type Problem, Problems } from "../../decode/problem.ts";
import { SourceFile } from "../../decode/source-file.ts";
import type { Assignment } from "../../proxy/cluster/priority-set.ts";
import { parseSetting, settingSource } from "../../scenario/settings.ts";
import { assignmentOf } from "../../simulation/build-proxies.ts";
import { loadProxy } from "../../simulation/load-proxy.ts";
import { isEnvoyConfiguration } from "../envoy-configuration.ts";
import { type Files, loadScenario } from "../load-scenario.ts";
import { applyEdits, EditError, type MemberEdit } from "./member-edits.ts";
import type { ExplainedProxy } from "./world.ts";

/** What is to be explained, as the command line says it. */
export interface TargetOptions {
  /** `PATH=VALUE`, as for a run. */
  readonly settings?: readonly string[];
  readonly edits?: readonly MemberEdit[];
  /** Of a scenario: which proxy; may be left out where there is only one. */
  readonly proxy?: string;
  /** Of a scenario; absent: the base. */
  readonly variant?: string;
  /** Replaces that of a scenario, which replaces 1. */
  readonly seed?: string;
}

/** What a file is loaded to. */
export interface LoadedTarget {
  readonly problems: readonly Problem[];
  readonly sources: ReadonlyMap<string, SourceFile>;
  /** Undefined when there are errors. */
  readonly target: { readonly proxy: ExplainedProxy; readonly seed: string } | undefined;
}

/** Where a proxy stands whose bootstrap is all there is. */
const OWN_ADDRESS = "127.0.0.1";

/** Loads a bootstrap, a config dump, or a proxy of a scenario. */
export function loadTarget(path: string, files: Files, options: TargetOptions): LoadedTarget {
  const loading = new Loading(path, files, options);
  const target = loading.load();
  const { problems, sources } = loading;
  return { problems: problems.sorted(), sources, target: problems.hasErrors ? undefined : target };
}

class Loading {
  readonly problems = new Problems();
  readonly sources = new Map<string, SourceFile>();
  private readonly path: string;
  private readonly files: Files;
  private readonly options: TargetOptions;

  constructor(path: string, files: Files, options: TargetOptions) {
    this.path = path;
    this.files = files;
    this.options = options;
  }

  load(): LoadedTarget["target"] {
    let text: string;
    try {
      text = this.files.read(this.path);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.report("missing-file", `this file cannot be read (${reason})`);
      return undefined;
    }
    const loaded = isEnvoyConfiguration(text) ? this.bootstrap(text) : this.scenario();
    return loaded && this.edited(loaded);
  }

  private bootstrap(text: string): LoadedTarget["target"] {
    const { problems, options } = this;
    for (const [name, value] of [
      ["--proxy", options.proxy],
      ["--variant", options.variant],
    ] as const)
      if (value !== undefined)
        this.report("dangling-name", `${name} is for scenarios; this is an Envoy configuration`);
    const source = new SourceFile(this.path, text);
    this.sources.set(this.path, source);
    const read = readBootstrap(source, problems);
    const given = options.settings ?? [];
    const settings = given.flatMap((argument) => {
      const name = settingSource("--set", argument, given.length);
      this.sources.set(name, new SourceFile(name, argument));
      return parseSetting(argument, problems, name) ?? [];
    });
    const loaded = problems.hasErrors ? undefined : loadProxy(this.path, read, settings, problems);
    if (loaded === undefined) return undefined;
    const { config } = loaded;
    const assignments = new Map(config.clusters.map(({ name, assignment }) => [name, assignment]));
    return {
      proxy: { config, assignments, names: new Map(), address: OWN_ADDRESS, zone: "", replicas: 1 },
      seed: options.seed ?? "1",
    };
  }

  private scenario(): LoadedTarget["target"] {
    const { options } = this;
    const { problems, sources, loaded } = loadScenario(this.path, this.files, {
      ...(options.settings !== undefined && { settings: options.settings }),
      ...(options.seed !== undefined && { seed: options.seed }),
    });
    for (const problem of problems) this.problems.add(problem);
    for (const [name, source] of sources) this.sources.set(name, source);
    if (loaded === undefined) return undefined;
    const variant = loaded.variants.find((each) => each.variant === (options.variant ?? null));
    if (variant === undefined) {
      const names = loaded.variants.flatMap((each) => each.variant ?? []);
      this.unknown("variant", options.variant!, names);
      return undefined;
    }
    const { plan } = variant;
    const names = plan.proxies.map(({ name }) => name);
    const wanted = options.proxy ?? (names.length === 1 ? names[0] : undefined);
    const proxy = plan.proxies.find(({ name }) => name === wanted);
    if (proxy === undefined) {
      if (wanted === undefined)
        this.report(
          "dangling-name",
          "there are several proxies",
          `choose one by --proxy: ${names.join(", ")}`,
        );
      else this.unknown("proxy", wanted, names);
      return undefined;
    }
    const [first] = proxy.replicas;
    const assignments = proxy.config.clusters.map(
      (cluster) => [cluster.name, assignmentOf(proxy, cluster)] as const,
    );
    return {
      proxy: {
        config: proxy.config,
        assignments: new Map(assignments),
        names: plan.names,
        address: first!.address,
        zone: first!.zone,
        replicas: proxy.replicas.length,
      },
      seed: plan.scenario.seed,
    };
  }

  private edited({ proxy, seed }: NonNullable<LoadedTarget["target"]>): LoadedTarget["target"] {
    const clusters = [...proxy.assignments].map(([name, { endpoints }]) => ({ name, endpoints }));
    const wrong = new Set<string>();
    for (const edit of this.options.edits ?? []) {
      // The first of each kind is shown: an excerpt belongs to one text.
      if (wrong.has(edit.option)) continue;
      try {
        applyEdits(clusters, [edit]);
      } catch (error) {
        if (!(error instanceof EditError)) throw error;
        wrong.add(edit.option);
        this.sources.set(edit.option, new SourceFile(edit.option, edit.text));
        this.report("wrong-option", error.message, error.remedy, edit.option, edit.text.length);
      }
    }
    const assignments = new Map<string, Assignment>(
      clusters.map(({ name, endpoints }) => [name, { ...proxy.assignments.get(name)!, endpoints }]),
    );
    return { proxy: { ...proxy, assignments }, seed };
  }

  private unknown(what: string, name: string, known: readonly string[]): void {
    const near = nearest(name, known);
    const remedy =
      near !== undefined
        ? `did you mean "${near}"?`
        : known.length === 0
          ? "there is none"
          : `known: ${known.join(", ")}`;
    this.report("dangling-name", `there is no ${what} "${name}"`, remedy);
  }

  private report(code: string, message: string, remedy = "", file = this.path, length = 1): void {
    const location = { file, line: 1, column: 1, length: Math.max(1, length) };
    this.problems.add({ severity: "error", code, message, remedy, location, path: "" });
  }
}
