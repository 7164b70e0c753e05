// Which folder may import which: the picture of docs/architecture.md as rules. scripts/check-dependencies.mjs runs them.

const FOUNDATION = ["telemetry", "random", "http", "kernel"];

/**
 * What each folder of src/ points to. It may import that and everything below it; an entry with a `/` means that
 * file alone. Folders that do not exist yet have their place here already.
 */
export const arrows = {
  cli: ["report", "index.ts"],
  report: ["experiment"],
  experiment: ["simulation"],
  simulation: [
    "scenario",
    "config",
    "fault",
    "change",
    "traffic",
    "service",
    "proxy",
    "controlplane",
    "network",
  ],
  change: ["controlplane", "proxy"],
  fault: ["controlplane", "proxy", "service", "network"],
  config: ["decode", "proxy"],
  scenario: ["decode", "random/distributions/distribution.ts", "kernel/time.ts"],
  controlplane: ["proxy", ...FOUNDATION],
  proxy: ["network", "hash", "decode", ...FOUNDATION],
  service: ["network", ...FOUNDATION],
  traffic: ["network", ...FOUNDATION],
  network: FOUNDATION,
  telemetry: ["http", "statistics"],
  http: ["kernel"],
  decode: ["kernel/time.ts"],
  random: ["kernel/time.ts"],
  hash: [],
  statistics: [],
  kernel: [],
};

const TEST = "\\.(test|suite)\\.ts$";
const ENTRY = "^src/(index|cli/(main|replicate-worker|vitest-matchers))\\.ts$";
const OURS = "^(src|test|bench|scripts|dist)/";

/** A folder and everything that can be reached from it by arrows. */
function below(folder, found = new Set()) {
  for (const target of arrows[folder]) {
    if (found.has(target)) continue;
    found.add(target);
    if (target in arrows) below(target, found);
  }
  return found;
}

function directionOf(folder) {
  const allowed = [folder, ...below(folder)].map((target) =>
    target in arrows ? `${target}/` : `${target}$`,
  );
  const pattern = `^src/(${allowed.join("|").replaceAll(".", "\\.")})`;
  const name = `${folder}-uses-only-what-is-below-it`;
  return [
    {
      name,
      severity: "error",
      from: { path: `^src/${folder}/`, pathNot: TEST },
      to: { path: OURS, pathNot: pattern },
    },
    {
      name: `${name}-in-tests`,
      severity: "error",
      from: { path: `^src/${folder}/.*${TEST}` },
      to: { path: OURS, pathNot: [pattern, "^test/support/"] },
    },
  ];
}

const forbidden = [
  ...Object.keys(arrows).flatMap(directionOf),
  {
    name: "every-folder-is-in-the-picture",
    severity: "error",
    from: { path: "^src/[^/]+/", pathNot: `^src/(${Object.keys(arrows).join("|")})/` },
    to: {},
  },
  {
    name: "concerns-of-a-proxy-are-strangers",
    comment:
      "they share src/proxy/cluster/, matching/, runtime/ and token-bucket/ only; src/proxy/*.ts compose them",
    severity: "error",
    from: { path: "^src/proxy/([^/]+)/" },
    to: { path: "^src/proxy/", pathNot: "^src/proxy/($1|cluster|matching|runtime|token-bucket)/" },
  },
  {
    name: "policies-are-strangers",
    comment: "what two load-balancing policies share stands in load-balancing/shared/",
    severity: "error",
    from: { path: "^src/proxy/load-balancing/([^/]+)/" },
    to: {
      path: "^src/proxy/load-balancing/[^/]+/",
      pathNot: "^src/proxy/load-balancing/($1|shared)/",
    },
  },
  {
    name: "scenario-takes-only-types-of-random",
    severity: "error",
    from: { path: "^src/scenario/", pathNot: TEST },
    to: { path: "^src/random/", dependencyTypesNot: ["type-only"] },
  },
  {
    name: "nothing-imports-the-entry",
    severity: "error",
    from: { path: "^src/", pathNot: "^src/cli/" },
    to: { path: ENTRY },
  },
  {
    name: "code-does-not-use-tests",
    severity: "error",
    from: { path: "^src/", pathNot: TEST },
    to: { path: ["^test/", TEST] },
  },
  {
    name: "type-cycles-stay-in-one-folder",
    comment: "two classes that know each other stand side by side; cycles of values are not allowed at all",
    severity: "error",
    from: { path: "^(src/.*)/[^/]+$" },
    to: { circular: true, via: { pathNot: "^$1/[^/]+$" } },
  },
  {
    name: "no-orphans",
    severity: "error",
    from: { orphan: true, pathNot: [TEST, ENTRY] },
    to: {},
  },
  {
    name: "all-code-is-reached",
    comment: "neither the public API nor the command line uses it; src/statistics/ serves the tests, too",
    severity: "error",
    from: { path: ENTRY },
    to: { path: "^src/", pathNot: [TEST, ENTRY, "^src/statistics/"], reachable: false },
  },
  {
    name: "code-needs-no-development-dependency",
    severity: "error",
    from: { path: "^src/", pathNot: TEST },
    to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
  },
  {
    name: "every-package-is-declared",
    comment: "what is told of an optional peer in peerDependenciesMeta counts as unknown",
    severity: "error",
    from: {},
    to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["npm-dev", "npm-peer"] },
  },
  {
    name: "every-import-is-found",
    severity: "error",
    from: {},
    to: { couldNotResolve: true },
  },
];

export default {
  forbidden,
  options: {
    doNotFollow: { path: "node_modules" },
    // Type imports count as well.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
