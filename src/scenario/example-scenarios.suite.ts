import { Problems } from "../decode/problem.ts";
import { SourceFile } from "../decode/source-file.ts";
import { checkAll, type DerivedScenario, readScenario } from "./load.ts";

/** The files that scenarios of the tests name. */
const files: Readonly<Record<string, string>> = {
  "slow-hosts/edge.envoy.yaml": "static_resources: {}",
  "edge.yaml": "static_resources: {}",
  "times.txt": "# measured\n1ms\n\n2.5ms\n",
  "bad-times.txt": "1ms\n2 ms\n",
  "no-times.txt": "\n",
  "trace.jsonl":
    '{"n": 0, "at_ms": 2.5, "path": "/b"}\n\n{"at_ms": 1, "method": "POST", "headers": {"X-B": ["1", "2"], "a": 3}, "body_bytes": 7}\n',
  "bad-trace.jsonl": '{"at_ms": 1, "path": "/"}\n{"at_ms": 1, "pth": "/"}\n',
};

export function readTestFile(path: string): string {
  const text = files[path];
  if (text === undefined) throw Object.assign(new Error(`no ${path}`), { code: "ENOENT" });
  return text;
}

/** Reads and checks a scenario; problems as `LINE:COLUMN «TEXT» CODE MESSAGE | REMEDY`. */
export function load(text: string): { problems: string[]; scenarios: DerivedScenario[] } {
  const problems = new Problems();
  const file = readScenario(new SourceFile("s.yaml", text), readTestFile, problems);
  const scenarios = file === undefined ? [] : checkAll(file, problems);
  return { problems: listProblems(problems, text), scenarios };
}

/** A kind of mistake, the text of the small scenario that is replaced by another, and the problems of that. */
export type BadInput = readonly (readonly [kind: string, from: string, to: string, ...problems: string[]])[];

/** The problems of the small scenario after replacing a text. */
export function problemsWith(from: string, to: string): string[] {
  if (!smallScenario.includes(from)) throw new Error(`the small scenario does not contain ${from}`);
  return load(smallScenario.replace(from, to)).problems;
}

export function listProblems(problems: Problems, text: string): string[] {
  return problems.sorted().map(({ location, code, message, remedy }) => {
    const { file, line, column, length } = location;
    const content = file === "s.yaml" ? text : (files[file] ?? "");
    const excerpt = content.split("\n")[line - 1]?.slice(column - 1, column - 1 + length);
    const place = `${file === "s.yaml" ? "" : `${file}:`}${line}:${column} «${excerpt}»`;
    return `${place} ${code} ${message}${remedy === "" ? "" : ` | ${remedy}`}`;
  });
}

/** The example of the scenario format's documentation. */
export const contractExample = `name: slow-hosts
seed: 7                          # number or text; default 1; 7 and "7" are the same
duration: 60s                    # includes the warm-up
warmup: 5s                       # left out of the statistics; default 0s; less than duration
network:
  links:                         # the first that fits; the last is the default
    - { from: "zone:a", to: "zone:b", latency: 1ms }
    - { latency: 250us }
proxies:
  edge:
    config: slow-hosts/edge.envoy.yaml   # real bootstrap or config_dump, path from this file
    replicas: 1                  # so many proxies with this configuration
    concurrency: 2               # Envoy's --concurrency; default 1
    address: 10.1.0.1            # where listeners on 0.0.0.0 are reached; replica r adds r
    zone: a
    overhead: 60us               # added per request; any distribution; default 0
services:
  checkout:
    cluster: checkout            # its hosts: the endpoints that this Envoy cluster lists
    workers: 8                   # requests that one host serves at once; absent: unlimited
    queue: 64                    # that may wait; absent: no limit
    time: { lognormal: { median: 8ms, p99: 60ms } }
    errors: { 503: 1% }
clients:
  web:
    to: edge                     # a proxy (its only listener, or \`listener: NAME\`), or a service directly
    arrivals: { poisson: 400/s }
    request: { method: GET, authority: shop.example, path: /cart }
    timeout: 5s                  # default: none
faults:
  - { name: slow, at: 20s, for: 20s, service: checkout, hosts: 2, slow: 10 }
  - { at: 45s, for: 5s, service: checkout, hosts: ["10.0.0.3:8080"], time: 1ms, errors: { 503: 100% } }
changes:
  - { at: 50s, proxy: edge, set: { "clusters[checkout].lb_policy": MAGLEV }, delay: { uniform: { min: 0s, max: 2s } } }
expect:
  - web.success_rate >= 99.9%
  - web.p99 < 250ms from 40s to 60s
variants:
  no-retries: { set: { "edge:routes[cart].route.retry_policy.num_retries": 0 } }
  heavy: { set: { "clients.web.arrivals.poisson": 900/s }, expect: [ web.success_rate < 99% ] }
`;

/** A small scenario without problems, for tests that change a word of it. */
export const smallScenario = `name: t
duration: 60s
warmup: 5s
network: { links: [ { latency: 250us } ] }
proxies:
  edge: { config: edge.yaml, address: 10.1.0.1, replicas: 2 }
services:
  checkout: { cluster: checkout, time: 8ms, errors: { 503: 1% } }
clients:
  web:
    to: edge
    arrivals: { poisson: 400/s }
    request: { authority: shop.example, path: /cart }
    timeout: 5s
faults:
  - { name: slow, at: 20s, for: 20s, service: checkout, hosts: 2, slow: 10 }
expect:
  - web.p99 < 250ms
variants:
  heavy: { set: { "clients.web.timeout": 4s } }
`;
