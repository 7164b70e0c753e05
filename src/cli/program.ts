import { Command } from "@commander-js/extra-typings";
import type { MemberEdit } from "../experiment/explain/member-edits.ts";
import { ExitCode } from "./exit-code.ts";
import { print } from "./standard-output.ts";
import { version } from "./version.ts";

const gather = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

/** The command line. Each command loads its code when it is called, so that help comes at once. */
export function makeProgram(ended: (code: ExitCode) => void) {
  const program = new Command("meshsim")
    .description("A wind tunnel for Envoy configurations: simulates a service mesh, always the same way.")
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: print })
    .configureHelp({ showGlobalOptions: true });

  program
    .command("run")
    .description("Simulate scenarios, judge their expectations, write reports.")
    .argument("<scenario...>", "scenario files")
    .option("--variant <name>", "run this variant instead of the base")
    .option("--seed <seed>", "replace the scenario's seed")
    .option("--duration <time>", "replace the scenario's duration, such as 30s")
    .option("--set <path=value>", "replace a setting; may be given several times", gather)
    .option("--windows <list>", "report these windows too, such as 0s-3s,3s-7s")
    .option("--json", "print one JSON document and nothing else; files only with --out")
    .option("--out <dir>", "write files there instead of reports/runs/NAME[/VARIANT]")
    .option("--access-log", "write access.log in Envoy's default format")
    .option("--strict", "refuse configuration that is not simulated")
    .option("--quiet", "no summary and no progress")
    .option("--color", "colour even where the output is no terminal")
    .option("--no-color", "no colour")
    .addHelpText(
      "after",
      `
Examples:
  $ meshsim run scenarios/slow-hosts.yaml
  $ meshsim run scenarios/slow-hosts.yaml --json --set clients.web.timeout=2s`,
    )
    .action(async (paths, options) => {
      const { run } = await import("./run.ts");
      ended(await run(paths, options));
    });

  program
    .command("compare")
    .description("Run variants on the same traffic, many times, and say what differs and by how much.")
    .argument("<file>", "a scenario with variants, or the first of two scenarios or Envoy configurations")
    .argument("[file2]", "what to compare it with")
    .option("--variants <list>", "compare these variants of the file, such as a,b")
    .option(
      "--vary <path=values>",
      "make variants: a setting and its values; several give all combinations",
      gather,
    )
    .option("--set <path=value>", "replace a setting in all of them; may be given several times", gather)
    .option("--scenario <file>", "the world for two Envoy configurations")
    .option("--proxy <name>", "which proxy of the scenario has them; default: its only one")
    .option("--replications <n>", "seeds to run each with, at least 2; default 10")
    .option("--precision <share>", "go on until intervals are within this share of their means, such as 2%")
    .option("--max-replications <n>", "but not beyond; default 100")
    .option(
      "--metrics <list>",
      "metrics as in expectations, such as web.p99,web.success_rate from 20s to 40s",
    )
    .option("--seed <seed>", "replace the seed")
    .option("--duration <time>", "replace the duration, such as 30s")
    .option("--jobs <n>", "worker threads; default: one a core")
    .option("--json", "print one JSON document and nothing else; files only with --out")
    .option("--out <dir>", "write files there instead of reports/runs/NAME/compare")
    .option("--quiet", "no summary and no progress")
    .option("--color", "colour even where the output is no terminal")
    .option("--no-color", "no colour")
    .addHelpText(
      "after",
      `
Examples:
  $ meshsim compare scenarios/slow-hosts.yaml --variants round-robin
  $ meshsim compare scenarios/slow-hosts.yaml --vary 'edge:clusters[checkout].lb_policy=ROUND_ROBIN,MAGLEV'`,
    )
    .action(async (file, file2, options) => {
      const { compare } = await import("./compare.ts");
      ended(await compare(file, file2, options));
    });

  program
    .command("test")
    .description("Run scenarios and their variants as a test suite; hold them to their golden summaries.")
    .argument("<path...>", "scenario files, and folders with scenarios anywhere below")
    .optionsGroup("What is run:")
    .option("--seeds <n>", "run each with so many seeds, the scenario's own first; default 1")
    .option("--seed <seed>", "replace the seed; golden summaries are not checked then")
    .option("--shard <i/n>", "run only the i-th of n parts")
    .option("--bail", "stop at the first failure")
    .option("--jobs <n>", "worker threads; default: one a core")
    .option("--update", "write the golden summaries, NAME.golden.json beside each scenario")
    .option("--merge", "run nothing: the paths are JSON files of all shards, reported as one suite")
    .optionsGroup("Output:")
    .option("--reporter <names>", "default, junit, github, json; several as a,b or again", gather)
    .option("--outfile <file>", "write it there; with several reporters REPORTER=FILE", gather)
    .option("--quiet", "no summary and no progress")
    .option("--color", "colour even where the output is no terminal")
    .option("--no-color", "no colour")
    .addHelpText(
      "after",
      `
Examples:
  $ meshsim test scenarios/
  $ meshsim test scenarios/ --reporter default,junit --outfile junit=report.xml --shard 1/3`,
    )
    .action(async (paths, options) => {
      const { test } = await import("./test.ts");
      ended(await test(paths, options));
    });

  program
    .command("sweep")
    .description("Run a scenario at every point of a grid of settings; draw metrics, or a map of recovery.")
    .argument("<scenario>", "a scenario file")
    .option(
      "--vary <path=values>",
      "a setting and its values, A,B,... or A..B:STEP; several make a grid",
      gather,
    )
    .option("--variant <name>", "start from this variant instead of the base")
    .option("--set <path=value>", "replace a setting everywhere; may be given several times", gather)
    .option(
      "--metrics <list>",
      "metrics as in expectations, such as web.p99,web.success_rate from 20s to 40s",
    )
    .option("--replications <n>", "seeds to run each point with; default 5")
    .option("--seed <seed>", "replace the seed")
    .option("--duration <time>", "replace the duration, such as 30s")
    .optionsGroup("Stability map:")
    .option("--map", "say at each point whether, and when, success comes back after a fault")
    .option("--client <name>", "whose success; default: of all clients together")
    .option("--fault <name>", "after which fault; default: all of them")
    .option("--threshold <share>", "how much of the level before the fault is enough; default 95%")
    .option("--window <time>", "windows in which success is counted; default 1s")
    .option("--late-after <time>", "what takes longer recovers late; default 5s")
    .optionsGroup("Output:")
    .option("--jobs <n>", "worker threads; default: one a core")
    .option("--json", "print one JSON document and nothing else; files only with --out")
    .option("--out <dir>", "write files there instead of reports/runs/NAME/sweep")
    .option("--quiet", "no summary and no progress")
    .option("--color", "colour even where the output is no terminal")
    .option("--no-color", "no colour")
    .addHelpText(
      "after",
      `
Examples:
  $ meshsim sweep scenarios/slow-hosts.yaml --vary clients.web.arrivals.poisson=100/s..500/s:100/s
  $ meshsim sweep scenarios/retry-storm.yaml --variant limits-lifted --map \\
      --vary 'faults[failover].for=100ms,500ms,1s' --vary clients.web.arrivals.poisson=80/s..280/s:50/s`,
    )
    .action(async (file, options) => {
      const { sweep } = await import("./sweep.ts");
      ended(await sweep(file, options));
    });

  program
    .command("tune")
    .description("Find the settings that satisfy all expectations of several scenarios at least cost.")
    .argument("<scenario...>", "scenario files; each is to be satisfied")
    .option(
      "--vary <path=values>",
      "a setting and its values, A,B,... or A..B:STEP; several make a grid",
      gather,
    )
    .option("--cost <name>", "attempts, ejected, cross_zone, or a metric such as web.p99; default attempts")
    .option("--search <name>", "grid: all points; descent: axis by axis; default: descent above 64 points")
    .option("--variant <name>", "start from this variant of each instead of the base")
    .option("--set <path=value>", "replace a setting everywhere; may be given several times", gather)
    .option("--replications <n>", "seeds in which expectations must hold; default 5")
    .option("--seed <seed>", "replace the seed")
    .option("--duration <time>", "replace the duration, such as 30s")
    .option("--jobs <n>", "worker threads; default: one a core")
    .option("--json", "print one JSON document and nothing else; files only with --out")
    .option("--out <dir>", "write files there instead of reports/runs/NAMES/tune")
    .option("--quiet", "no summary and no progress")
    .option("--color", "colour even where the output is no terminal")
    .option("--no-color", "no colour")
    .addHelpText(
      "after",
      `
Examples:
  $ meshsim tune scenarios/slow-hosts.yaml --set 'expect=[web.success_rate >= 99.9%, web.p99 < 250ms]' \\
      --vary 'edge:routes[cart].route.retry_policy.num_retries=0..3' \\
      --vary 'edge:routes[cart].route.retry_policy.per_try_timeout=0.1s,0.25s,0.5s'
  $ meshsim tune a.yaml b.yaml --vary services.api.workers=2..8:2 --cost ejected`,
    )
    .action(async (files, options) => {
      const { tune } = await import("./tune.ts");
      ended(await tune(files, options));
    });

  program
    .command("check")
    .description("Say what is wrong with scenarios and Envoy configurations, and what is not simulated.")
    .argument("<file...>", "scenario files or Envoy bootstraps")
    .option("--format <format>", "text or json", "text")
    .option("--color", "colour even where the output is no terminal")
    .option("--no-color", "no colour")
    .addHelpText(
      "after",
      `
Examples:
  $ meshsim check scenarios/slow-hosts.yaml
  $ meshsim check envoy.yaml --format json`,
    )
    .action(async (paths, options) => {
      const { check } = await import("./check.ts");
      ended(check(paths, options));
    });

  program
    .command("probe")
    .description("Send listed requests through an Envoy configuration with scripted upstreams.")
    .argument(
      "<dir>",
      "a folder with envoy.yaml, upstreams.json, requests.jsonl and case.json, or a folder of such folders",
    )
    .option("--out <dir>", "write results there, in the same tree, instead of printing a table")
    .option("--seed <seed>", "seed of what is left to chance; default 1")
    .option("--color", "colour even where the output is no terminal")
    .option("--no-color", "no colour")
    .addHelpText(
      "after",
      `
Examples:
  $ meshsim probe cases/checkout
  $ meshsim probe cases --out results --seed 7`,
    )
    .action(async (directory, options) => {
      const { probeCommand } = await import("./probe.ts");
      ended(probeCommand(directory, options));
    });

  const edits: MemberEdit[] = [];
  /** Options that edit members work in the order in which they stand, whichever they are. */
  const edit = (option: MemberEdit["option"]) => (text: string) => void edits.push({ option, text });
  program
    .command("explain")
    .description(
      "Say which route, cluster and host a request gets, and why; or how a cluster shares requests out.",
    )
    .argument("<config>", "an Envoy bootstrap, the answer of /config_dump, or a scenario file")
    .optionsGroup("What is asked:")
    .option("--request <text>", "METHOD PATH name=value ...; host=, scheme=, source=; again for more", gather)
    .option("--count <n>", "send each so often and count where they go; {n} in a request is its number")
    .option("--cluster <name>", "ask this cluster, whatever the routes are")
    .option("--listener <name>", "send requests there; needed where several take HTTP")
    .optionsGroup("What if:")
    .option("--set <path=value>", "replace a setting, as in run; may be given several times", gather)
    .option(
      "--health <address=state>",
      "healthy, degraded, unhealthy, draining, ejected; * means all",
      edit("--health"),
    )
    .option("--weight <address=n>", "replace the weight of a member", edit("--weight"))
    .option("--remove <address>", "take a member away", edit("--remove"))
    .option(
      "--add <member>",
      "[CLUSTER/]ADDRESS [weight=3] [priority=1] [zone=a] [health=degraded]",
      edit("--add"),
    )
    .optionsGroup("Of a scenario:")
    .option("--proxy <name>", "which proxy; needed where there are several")
    .option("--variant <name>", "a variant instead of the base")
    .optionsGroup("Output:")
    .option("--seed <seed>", "seed of what is left to chance; default that of the scenario, or 1")
    .option("--json", "print one JSON document and nothing else")
    .option("--color", "colour even where the output is no terminal")
    .option("--no-color", "no colour")
    .addHelpText(
      "after",
      `
An ADDRESS may be CLUSTER/ADDRESS where several clusters have it. Policies: meshsim policies.

Examples:
  $ meshsim explain envoy.yaml --request "GET /cart host=shop.example x-user=7"
  $ meshsim explain envoy.yaml --cluster checkout --count 10000 --health 10.0.0.3:8080=unhealthy`,
    )
    .action(async (path, options) => {
      const { explainCommand } = await import("./explain.ts");
      ended(explainCommand(path, { ...options, edits }));
    });

  program
    .command("policies")
    .description("List the load-balancing policies, how each is configured and how it chooses.")
    .option("--color", "colour even where the output is no terminal")
    .option("--no-color", "no colour")
    .action(async (options) => {
      const { policies } = await import("./policies.ts");
      ended(policies(options));
    });

  program
    .command("schema")
    .description("Print the JSON Schema of scenario files, for editors.")
    .addHelpText(
      "after",
      `
Examples:
  $ meshsim schema > scenario.schema.json`,
    )
    .action(async () => {
      const { schema } = await import("./schema.ts");
      ended(schema());
    });

  program
    .command("version")
    .description("Print the version of meshsim.")
    .action(() => {
      print(`${version}\n`);
      ended(ExitCode.fine);
    });

  return program;
}
