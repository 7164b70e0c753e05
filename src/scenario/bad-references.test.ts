import { describe, expect, test } from "vitest";
import { type BadInput, load, problemsWith, smallScenario } from "./example-scenarios.suite.ts";

const durationUnits = "(a duration has one of these units: ns, us, ms, s, m, h)";
const clientKeys =
  "known keys: to, listener, protocol, tls, address, zone, arrivals, request, timeout, library, success";

const types: BadInput = [
  [
    "text for a duration",
    "timeout: 5s",
    "timeout: soon",
    '14:14 «soon» wrong-type "soon" is not a duration; write it like 250us, 1.5s',
  ],
  [
    "list for a duration",
    "timeout: 5s",
    "timeout: []",
    "14:14 «[]» wrong-type this is a list, but a duration is wanted, such as 250us, 1.5s",
  ],
  [
    "nothing",
    "timeout: 5s",
    "timeout:",
    "14:5 «timeout» wrong-type there is nothing here, but a duration is wanted, such as 250us, 1.5s",
  ],
  [
    "list for a distribution",
    "time: 8ms",
    "time: [1ms]",
    "8:40 «[1ms]» wrong-type this is a list, but a duration is wanted, such as 250us, 1.5s",
  ],
  [
    "quoted number",
    "time: 8ms",
    "workers: '8'",
    `8:43 «'8'» wrong-type this is the text "8", but a whole number is wanted (at least 1)`,
  ],
  [
    "broken number",
    "time: 8ms",
    "workers: 1.5",
    "8:43 «1.5» wrong-type this is 1.5, but a whole number is wanted (at least 1)",
  ],
  [
    "text for a mapping",
    "request: { authority: shop.example, path: /cart }",
    "request: shop",
    '13:14 «shop» wrong-type this is the text "shop", but a mapping or a list is wanted',
  ],
  [
    "list for a mapping",
    "network: { links: [ { latency: 250us } ] }",
    "network: []",
    "4:10 «[]» wrong-type this is a list, but a mapping is wanted",
  ],
  [
    "text for true",
    "slow: 10",
    "down: maybe",
    '16:73 «maybe» wrong-type this is the text "maybe", but true or false is wanted',
  ],
  [
    "one address without its list",
    "hosts: 2",
    'hosts: "10.0.0.1:80"',
    '16:64 «"10.0.0.1:80"» wrong-type "10.0.0.1:80" is one address; write it as a list: ["10.0.0.1:80"]',
  ],
  [
    "unknown choice",
    "timeout: 5s",
    "protocol: http3",
    '14:15 «http3» wrong-value this is the text "http3", but one of http1, http2, tcp is wanted (did you mean "http1"?)',
  ],
  [
    "condition",
    "timeout: 5s",
    "success: status < 5xx",
    '14:14 «status < 5xx» bad-condition "status < 5xx" is not a condition on the status | write it like "status < 500"',
  ],
  [
    "address",
    "hosts: 2",
    "hosts: [10.0.0.1]",
    '16:65 «10.0.0.1» bad-address "10.0.0.1" is not the address of a host | write IP and port, such as 10.0.0.3:8080',
  ],
  [
    "address of a proxy",
    "address: 10.1.0.1",
    "address: 10.1.0.1:80",
    '6:39 «10.1.0.1:80» bad-address "10.1.0.1:80" is not an IP address | leave out the port; listeners have their own',
  ],
  [
    "selector",
    "latency: 250us",
    "from: servce:x",
    '4:29 «servce:x» bad-selector "servce:x" does not say which stations are meant (did you mean "service"?) | write zone:NAME, client:NAME, proxy:NAME, service:NAME, an address, or *',
  ],
  [
    "empty list of requests",
    "request: { authority: shop.example, path: /cart }",
    "request: []",
    "13:14 «[]» empty-list this list is empty, but at least one element is wanted",
  ],
  [
    "empty list of hosts",
    "hosts: 2",
    "hosts: []",
    "16:64 «[]» empty-list this list is empty, but at least one element is wanted",
  ],
  [
    "empty list of links",
    "links: [ { latency: 250us } ]",
    "links: []",
    "4:19 «[]» empty-list this list is empty, but at least one element is wanted",
  ],
  [
    "empty mixture",
    "time: 8ms",
    "time: { mixture: [] }",
    "8:51 «[]» empty-list this list is empty, but at least one element is wanted",
  ],
];

const names: BadInput = [
  [
    "target of a client",
    "to: edge",
    "to: egde",
    '11:9 «egde» dangling-name there is no proxy or service "egde" (did you mean "edge"?) | there is edge, checkout',
  ],
  [
    "service of a fault",
    "service: checkout",
    "service: chekout",
    '16:47 «chekout» dangling-name there is no service "chekout" (did you mean "checkout"?) | there is checkout',
  ],
  [
    "proxy of a fault",
    "service: checkout, hosts: 2, slow: 10",
    "proxy: egde, down: true",
    '16:45 «egde» dangling-name there is no proxy "egde" (did you mean "edge"?) | there is edge',
  ],
  [
    "selector of a link",
    "latency: 250us",
    'to: "client:wep"',
    '4:35 «wep» dangling-name there is no client "wep" (did you mean "web"?) | there is web',
  ],
  [
    "selector of a fault",
    "service: checkout, hosts: 2, slow: 10",
    "link: { from: proxy:egde }, cut: true",
    '16:58 «egde» dangling-name there is no proxy "egde" (did you mean "edge"?) | there is edge',
  ],
  [
    "proxy of a setting",
    "clients.web.timeout",
    "egde:clusters[a].lb_policy",
    '20:20 «egde» dangling-name there is no proxy "egde" (did you mean "edge"?)',
  ],
  [
    "two of one name",
    "  checkout: {",
    "  web: { workers: 3 }\n  checkout: {",
    '8:3 «web» duplicate-name "web" is the name of a client too | choose another',
  ],
  [
    "two faults of one name",
    "faults:\n",
    "faults:\n  - { name: slow, at: 1s, service: checkout, down: true }\n",
    '17:13 «slow» duplicate-name another fault has the name "slow", in line 16 | choose another',
  ],
  [
    "two proxies at one address",
    "  edge: {",
    "  e2: { config: edge.yaml, address: 10.1.0.2 }\n  edge: {",
    '7:39 «10.1.0.1» address-claimed 10.1.0.2 belongs to proxy "e2" already | choose another',
  ],
  [
    "listener of a service",
    "to: edge",
    "to: checkout\n    listener: main",
    '12:5 «listener» contradiction "checkout" is a service, and only proxies have listeners | choose another',
  ],
];

const faults: BadInput = [
  [
    "hits nothing",
    "service: checkout, hosts: 2, slow: 10",
    "cut: true",
    "16:5 «{ name: slow, at: 20s, for: 20s, cut: true }» missing-key it is not said what the fault hits | give one of service, link, proxy, zone, controlplane",
  ],
  [
    "does nothing",
    ", slow: 10",
    "",
    "16:5 «{ name: slow, at: 20s, for: 20s, service: checkout, hosts: 2 }» missing-key it is not said what the fault does | give at least one of slow, time, errors, down, hang, pause, reset, latency, add_latency, loss, cut, pressure",
  ],
  [
    "hits two things",
    "slow: 10",
    "proxy: edge, slow: 10",
    '16:67 «proxy» contradiction "proxy" contradicts "service": a fault hits one thing | write two faults',
  ],
  [
    "hosts of no service",
    "service: checkout, hosts: 2, slow: 10",
    "proxy: edge, hosts: 2, down: true",
    "16:51 «hosts» contradiction hosts are chosen among those of a service, and none is named | add service: NAME",
  ],
  [
    "oneway without cut",
    "slow: 10",
    "slow: 10, oneway: true",
    "16:77 «oneway» contradiction oneway says how a cut is meant, and there is no cut here | add cut: true",
  ],
  [
    "a slow link",
    "service: checkout, hosts: 2, slow: 10",
    "link: { from: proxy:edge }, slow: 10",
    '16:66 «slow» contradiction "slow" cannot be done to a link; links have latency, add_latency, loss, cut',
  ],
];

const filesNamed: BadInput = [
  [
    "bootstrap",
    "config: edge.yaml",
    "config: missing.yaml",
    '6:19 «missing.yaml» missing-file there is no file "missing.yaml" | paths are relative to the scenario file',
  ],
  [
    "empirical",
    "time: 8ms",
    "time: { empirical: { file: nope.txt } }",
    '8:61 «nope.txt» missing-file there is no file "nope.txt" | paths are relative to the scenario file',
  ],
  [
    "a line of times",
    "time: 8ms",
    "time: { empirical: { file: bad-times.txt } }",
    `bad-times.txt:2:1 «2 ms» bad-line "2 ms" has a space in it; write 2ms ${durationUnits} | one duration a line, such as 12.5ms`,
  ],
  [
    "no times",
    "time: 8ms",
    "time: { empirical: { file: no-times.txt } }",
    '8:61 «no-times.txt» empty-list the file "no-times.txt" holds no times | one duration a line, such as 12.5ms',
  ],
  [
    "a line of a trace",
    "{ poisson: 400/s }",
    "{ trace: bad-trace.jsonl }",
    'bad-trace.jsonl:2:1 «{"at_ms": 1, "pth": "/"}» bad-line unknown field "pth" (did you mean "path"?) | one JSON object a line, such as {"at_ms": 12.5, "method": "GET", "path": "/cart"}',
  ],
];

const paths: BadInput = [
  [
    "no such name",
    "clients.web.timeout",
    "clients.wbe.timeout",
    '20:28 «wbe» no-match there is no "wbe" in clients (did you mean "web"?)',
  ],
  [
    "no such element",
    "clients.web.timeout",
    "faults[slwo].for",
    '20:20 «faults[slwo]» no-match no element of "faults" has the name "slwo" (did you mean "slow"?)',
  ],
  [
    "no such key",
    "clients.web.timeout",
    "clients.web.timeuot",
    `20:20 «clients.web.timeuot» unknown-key unknown key "timeuot" (did you mean "timeout"?) | ${clientKeys}`,
  ],
  [
    "no path",
    "clients.web.timeout",
    "clients..timeout",
    '20:28 «.» path-syntax "clients..timeout" is not a path: a field name is missing or wrong here (write it like clusters[NAME].lb_policy)',
  ],
  [
    "contradicts what is there",
    '"clients.web.timeout": 4s',
    '"clients.web.arrivals.constant": 4/s',
    '20:20 «clients.web.arrivals.constant» contradiction "constant" contradicts "poisson": how requests arrive is one of them | keep one of the two',
  ],
];

const notYet: BadInput = [
  [
    "sidecars",
    "replicas: 2",
    "beside: checkout",
    '6:49 «beside» not-supported not simulated yet: a sidecar beside each host of a service | leave out "beside" for now',
  ],
  [
    "calls",
    "time: 8ms",
    "calls: [ { to: edge } ]",
    '8:34 «calls» not-supported not simulated yet: calls of one service to others | leave out "calls" for now',
  ],
  [
    "calls to nobody",
    "time: 8ms",
    "calls: [ { to: egde } ]",
    '8:34 «calls» not-supported not simulated yet: calls of one service to others | leave out "calls" for now',
    '8:49 «egde» dangling-name there is no proxy or service "egde" (did you mean "edge"?) | there is edge, checkout',
  ],
  [
    "control plane",
    "service: checkout, hosts: 2, slow: 10",
    "controlplane: true, down: true",
    '16:38 «controlplane» not-supported not simulated yet: faults of the control plane | leave out "controlplane" for now',
  ],
];
describe.each([
  ["types and lists", types],
  ["names", names],
  ["faults", faults],
  ["files", filesNamed],
  ["paths", paths],
  ["what is not simulated yet", notYet],
])("%s", (_, cases) => {
  test.each(cases)("%s", (_kind, from, to, ...problems) => {
    expect(problemsWith(from, to)).toEqual(problems);
  });
});

describe("a file that is no scenario", () => {
  const remedy = "a scenario begins with keys such as name: and duration:";
  test.each([
    ["nothing", "", `1:1 «» empty-file there is nothing in the file | ${remedy}`],
    ["only a comment", "# only\n", `1:1 «#» empty-file there is nothing in the file | ${remedy}`],
    [
      "a sentence",
      "hello world",
      `1:1 «h» not-a-mapping a scenario is a mapping of keys to values, but this is the text "hello world" | ${remedy}`,
    ],
    [
      "a list",
      "- a\n- b",
      `1:1 «-» not-a-mapping a scenario is a mapping of keys to values, but this is a list | ${remedy}`,
    ],
    [
      "a picture",
      "\u0089PNG\u0000",
      `1:1 «\u0089» not-a-mapping a scenario is a mapping of keys to values, but this is the text ${JSON.stringify("\u0089PNG\u0000")} | ${remedy}`,
    ],
  ])("%s", (_, text, problem) => {
    expect(load(text).problems).toEqual([problem]);
  });

  test.each([
    ["an open list", "a: [", 1],
    ["an open text", "a: 'b\nc: d", 2],
    ["an odd indentation", "a:\n  b: 1\n c: 2", 3],
    ["a list where a key must be", smallScenario.replace("name: t", "- a"), 2],
  ])("%s: one syntax error", (_, text, line) => {
    const [first, ...rest] = load(text).problems;
    expect(first).toMatch(new RegExp(`^${line}:\\d+ «.*» yaml-syntax this is not YAML: `));
    expect(rest).toEqual([]);
  });
});

test("everything that is wrong is reported at once, in the order of the file, variants included", () => {
  const text = smallScenario
    .replace("warmup: 5s", "warmup: 5")
    .replace("to: edge", "to: egde")
    .replace("slow: 10", "slwo: 10")
    .replace("web.p99", "web.p98")
    .replace("clients.web.timeout", "clients.wbe.timeout");
  expect(load(text).problems.map((problem) => problem.split(" ").slice(0, 3).join(" "))).toEqual([
    "3:9 «5» wrong-unit",
    "11:9 «egde» dangling-name",
    expect.stringMatching(/^16:5 .*/),
    "16:67 «slwo» unknown-key",
    "18:9 «p98» unknown-metric",
    "20:28 «wbe» no-match",
  ]);
});
