// Makes reports/gallery/ from the shipped scenarios: two charts of each run, a comparison, a stability map, and an
// index with the verdicts. The bytes depend on scenarios and code only, so it is committed; with --check nothing
// is written, and what differs from the committed files is named (exit code 1).
// node scripts/gallery.mjs [--check], after npm run build
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const gallery = join(root, "reports/gallery");
const charts = ["outcomes", "latency-quantiles"];

const compared = {
  words: ["compare", "scenarios/gc-pause-metastable.yaml", "--replications", "3"],
  from: "over-time.svg",
  to: "compare-gc-pause-metastable.svg",
};
const map = {
  words: [
    "sweep",
    "scenarios/gc-pause-metastable.yaml",
    "--map",
    "--vary",
    "faults[gc].for=100ms,250ms,500ms,1s,2s,4s",
    "--vary",
    "clients.web.arrivals.poisson=40/s..180/s:20/s",
    "--replications",
    "1",
  ],
  from: "map.svg",
  to: "map-gc-pause-metastable.svg",
};

/** Runs the built program and gives what it printed; a failed expectation is no error here. */
function meshsim(words, out) {
  try {
    return execFileSync(
      process.execPath,
      [join(root, "dist/cli/main.js"), ...words, "--out", out, "--no-color"],
      {
        cwd: root,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
  } catch (error) {
    if (error.status === 1) return error.stdout;
    throw new Error(`meshsim ${words.join(" ")}: ${error.stderr}`);
  }
}

/** The first sentence of the comment at the head of a scenario. */
function sentenceOf(name) {
  const [first = ""] = readFileSync(join(root, `scenarios/${name}.yaml`), "utf8").split("\n");
  return first.replace(/^# */, "");
}

function makeScenario(name, work, target) {
  const out = join(work, name);
  const [verdict = ""] = meshsim(["run", `scenarios/${name}.yaml`], out).split("\n");
  for (const chart of charts) {
    const made = join(out, `${chart}.svg`);
    if (existsSync(made)) copyFileSync(made, join(target, `${name}-${chart}.svg`));
  }
  return section(name, verdict, variantsOf(name), target);
}

function variantsOf(name) {
  const text = readFileSync(join(root, `scenarios/${name}.yaml`), "utf8");
  const [, below = ""] = text.split(/^variants:\n/m);
  return [...below.matchAll(/^ {2}([\w-]+):/gm)].map(([, variant]) => variant);
}

function section(name, verdict, variants, target) {
  const images = charts.filter((chart) => existsSync(join(target, `${name}-${chart}.svg`)));
  return [
    `## ${name}`,
    "",
    sentenceOf(name),
    "",
    `\`${verdict}\`${variants.length === 0 ? "" : `; variants: ${variants.join(", ")}`}`,
    "",
    ...images.map((chart) => `![${name}: ${chart}](${name}-${chart}.svg)`),
    "",
  ].join("\n");
}

function makeStudy({ words, from, to }, work, target, title) {
  const out = join(work, to);
  meshsim(words, out);
  copyFileSync(join(out, from), join(target, to));
  const command = words.map((word) => (/[[\]]/.test(word) ? `'${word}'` : word)).join(" ");
  return [`## ${title}`, "", `\`npx meshsim ${command}\``, "", `![${title}](${to})`, ""].join("\n");
}

function make(target) {
  const work = mkdtempSync(join(tmpdir(), "meshsim-gallery-"));
  mkdirSync(target, { recursive: true });
  try {
    const names = readdirSync(join(root, "scenarios"))
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => name.slice(0, -".yaml".length))
      .sort();
    const parts = [
      "# Gallery\n\nThe shipped scenarios as they come out, made by `npm run gallery`; `npx meshsim run scenarios/NAME.yaml` makes all\ncharts of one.\n",
      ...names.map((name) => makeScenario(name, work, target)),
      makeStudy(compared, work, target, "A comparison: gc-pause-metastable with its variants"),
      makeStudy(map, work, target, "A stability map: gc-pause-metastable"),
    ];
    writeFileSync(join(target, "README.md"), parts.join("\n"));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function filesOf(folder) {
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

function check() {
  const made = mkdtempSync(join(tmpdir(), "meshsim-gallery-"));
  try {
    make(made);
    const [wanted, present] = [filesOf(made), filesOf(gallery)];
    return [...new Set([...wanted.keys(), ...present.keys()])].filter(
      (name) => wanted.get(name) !== present.get(name),
    );
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

if (process.argv.includes("--check")) {
  const differing = check();
  if (differing.length > 0) {
    console.error(
      `reports/gallery differs from what is made now: ${differing.join(", ")}\nmake it again with npm run gallery`,
    );
    process.exit(1);
  }
  console.log("reports/gallery is what is made now");
} else {
  rmSync(gallery, { recursive: true, force: true });
  make(gallery);
}
