import { describe, expect, test } from "vitest";
import { type BadInput, problemsWith } from "./example-scenarios.suite.ts";

const durationUnits = "(a duration has one of these units: ns, us, ms, s, m, h)";
const clientKeys =
  "known keys: to, listener, protocol, tls, address, zone, arrivals, request, timeout, library, success";
const distributions =
  "constant, uniform, exponential, lognormal, normal, pareto, weibull, gamma, erlang, mixture, empirical";

const keys: BadInput = [
  [
    "unknown key",
    "timeout: 5s",
    "timeuot: 5s",
    `14:5 «timeuot» unknown-key unknown key "timeuot" (did you mean "timeout"?) | ${clientKeys}`,
  ],
  [
    "unknown key and what it leaves out",
    "to: edge",
    "too: edge",
    '10:3 «web» missing-key clients.web has no "to"',
    `11:5 «too» unknown-key unknown key "too" (did you mean "to"?) | ${clientKeys}`,
  ],
  [
    "unknown top-level key",
    "faults:",
    "falts:",
    '15:1 «falts» unknown-key unknown key "falts" (did you mean "faults"?) | known keys: name, seed, duration, warmup, drain, network, proxies, services, clients, faults, changes, expect, variants',
  ],
  [
    "merge key",
    "timeout: 5s",
    "<<: { timeout: 5s }",
    '14:5 «<<» unknown-key merge keys ("<<") are not read, nor are they by Envoy | write the keys out; an anchor and its alias may stand for a whole value',
  ],
  [
    "unknown key of a variant",
    "{ set: {",
    "{ sett: {",
    '20:12 «sett» unknown-key unknown key "sett" (did you mean "set"?) | known keys: set, expect',
  ],
  [
    "unknown distribution",
    "time: 8ms",
    "time: { lognornal: { median: 8ms } }",
    `8:40 «{ lognornal: { median: 8ms } }» missing-key a distribution is missing | give one of ${distributions}`,
    `8:42 «lognornal» unknown-key unknown key "lognornal" (did you mean "lognormal"?) | known keys: ${distributions}`,
  ],
  ["missing key", "duration: 60s\n", "", '1:1 «n» missing-key the scenario has no "duration"'],
  [
    "missing parameter",
    "time: 8ms",
    "time: { lognormal: { median: 8ms } }",
    "8:53 «{ median: 8ms }» missing-key the spread of a lognormal distribution is missing | give one of p99, sigma",
  ],
  [
    "key twice",
    "timeout: 5s",
    "timeout: 5s\n    timeout: 6s",
    '15:5 «timeout» duplicate-key "timeout" is given twice, first in line 14 | keep one of them',
  ],
  [
    "status twice",
    "503: 1%",
    '503: 1%, "503": 2%',
    '8:64 «"503"» duplicate-key "503" is given twice, first in line 8 | keep one of them',
  ],
  [
    "two kinds of arrivals",
    "poisson: 400/s",
    "poisson: 400/s, constant: 3/s",
    '12:33 «constant» contradiction "constant" contradicts "poisson": how requests arrive is one of them | keep one of the two',
  ],
  [
    "two spreads",
    "time: 8ms",
    "time: { lognormal: { median: 8ms, p99: 9ms, sigma: 1 } }",
    '8:78 «sigma» contradiction "sigma" contradicts "p99": the spread of a lognormal distribution is one of them | keep one of the two',
  ],
  [
    "ramp without schedule",
    "poisson: 400/s",
    "poisson: 400/s, ramp: true",
    "12:33 «ramp» contradiction ramp says how a schedule goes on, and there is no schedule here",
  ],
];

const units: BadInput = [
  ["no unit", "timeout: 5s", "timeout: 5", `14:14 «5» wrong-unit 5 has no unit ${durationUnits}`],
  [
    "a space",
    "timeout: 5s",
    "timeout: 5 s",
    `14:14 «5 s» wrong-unit "5 s" has a space in it; write 5s ${durationUnits}`,
  ],
  [
    "a habit",
    "timeout: 5s",
    "timeout: 5sec",
    `14:14 «5sec» wrong-unit "sec" is not a unit of a duration; did you mean 5s? ${durationUnits}`,
  ],
  [
    "rps",
    "400/s",
    "400rps",
    '12:26 «400rps» wrong-unit "rps" is not a unit of a rate; did you mean 400/s? (a rate has one of these units: /s, /m, /h)',
  ],
  [
    "share as a number",
    "503: 1%",
    "503: 0.01",
    "8:60 «0.01» wrong-unit 0.01 has no unit (a share has one of these units: %)",
  ],
  [
    "size",
    "time: 8ms",
    "body: 1kb",
    '8:40 «1kb» wrong-unit "kb" is not a unit of a size; did you mean 1KiB? (a size has one of these units: B, KiB, MiB, GiB)',
  ],
  [
    "bandwidth",
    "latency: 250us",
    "bandwidth: 3",
    "4:34 «3» wrong-unit 3 has no unit (a bandwidth has one of these units: B/s, KiB/s, MiB/s, GiB/s)",
  ],
  [
    "deep inside",
    "time: 8ms",
    "time: { mixture: [ { weight: 1, exponential: { mean: 3 } } ] }",
    `8:87 «3» wrong-unit 3 has no unit ${durationUnits}`,
  ],
  [
    "in a setting",
    '"clients.web.timeout": 4s',
    '"clients.web.timeout": 4',
    `20:42 «4» wrong-unit 4 has no unit ${durationUnits}`,
  ],
];

const ranges: BadInput = [
  [
    "negative",
    "timeout: 5s",
    "timeout: -5s",
    '14:14 «-5s» out-of-range "-5s" is negative; a duration is 0 or more',
  ],
  [
    "no time",
    "timeout: 5s",
    "timeout: 0s",
    '14:14 «0s» out-of-range "0s" is no time; it must be more than 0, at least 1ns',
  ],
  ["no rate", "400/s", "0/s", '12:26 «0/s» out-of-range "0/s" must be more than 0/s'],
  ["share", "503: 1%", "503: 120%", '8:60 «120%» out-of-range "120%" is more than 100%'],
  [
    "sum of shares",
    "503: 1%",
    "503: 60%, 500: 50%",
    "8:53 «{ 503: 60%, 500: 50% }» out-of-range the shares add up to more than 100%",
  ],
  ["status", "503: 1%", "5xx: 1%", '8:55 «5xx» out-of-range "5xx" is not a status from 200 to 599'],
  [
    "warm-up",
    "warmup: 5s",
    "warmup: 60s",
    "3:9 «60s» out-of-range the warm-up takes the whole duration, so nothing would be measured | make warmup less than duration",
  ],
  ["workers", "time: 8ms", "workers: 0", "8:43 «0» out-of-range 0 is out of range; it must be at least 1"],
  ["slow", "slow: 10", "slow: 0", "16:73 «0» out-of-range 0 is out of range; it must be more than 0"],
  [
    "port",
    "time: 8ms",
    "port: 70000",
    "8:40 «70000» out-of-range 70000 is out of range; it must be from 1 to 65535",
  ],
  [
    "uniform",
    "time: 8ms",
    "time: { uniform: { min: 3ms, max: 1ms } }",
    "8:68 «1ms» out-of-range max is less than min",
  ],
  [
    "lognormal",
    "time: 8ms",
    "time: { lognormal: { median: 8ms, p99: 7ms } }",
    "8:73 «7ms» out-of-range p99 is less than the median",
  ],
  [
    "schedule",
    "{ poisson: 400/s }",
    "{ schedule: [ { at: 3s, rate: 2/s }, { at: 3s, rate: 0/s } ] }",
    "12:58 «3s» out-of-range this step does not come after the one before it | order the steps by their time",
  ],
  [
    "idle schedule",
    "{ poisson: 400/s }",
    "{ schedule: [ { at: 3s, rate: 0/s } ] }",
    "12:27 «[ { at: 3s, rate: 0/s } ]» out-of-range every rate of the schedule is 0, so nothing would ever arrive",
  ],
  [
    "hosts",
    "hosts: 2",
    "hosts: 0",
    "16:64 «0» out-of-range 0 is out of range; a number of hosts is a whole number, at least 1",
  ],
  [
    "path",
    "path: /cart",
    "path: cart",
    '13:47 «cart» out-of-range "cart" is not a path | a path begins with "/" and has no spaces',
  ],
  [
    "header",
    "path: /cart",
    "headers: { Host: a }",
    '13:52 «Host» out-of-range "Host" is not given as a header | write it as authority',
  ],
  [
    "name",
    "name: t\n",
    "name: a/b\n",
    '1:7 «a/b» bad-name "a/b" cannot be a name | names have letters, digits, and _ - . after the first',
  ],
  [
    "name of a client",
    "  web:\n",
    '  "we b": { to: edge, arrivals: { poisson: 1/s } }\n  web:\n',
    '10:3 «"we b"» bad-name "we b" cannot be a name | names have letters, digits, and _ - . after the first',
  ],
  [
    "seed",
    "name: t\n",
    "name: t\nseed: 1.5\n",
    "2:7 «1.5» out-of-range 1.5 is not a whole number below 2^53 | write the seed in quotes",
  ],
];

const layers = "throttle, timeout, retry, requeue, hystrix, breaker, failure_accrual";

const libraries: BadInput = [
  [
    "no policy",
    "timeout: 5s",
    "library: [ {} ]",
    `14:16 «{}» missing-key a policy is missing | give one of ${layers}`,
  ],
  [
    "unknown policy",
    "timeout: 5s",
    "library: [ { timeout: 1s }, { retries: {} } ]",
    `14:33 «{ retries: {} }» missing-key a policy is missing | give one of ${layers}`,
    `14:35 «retries» unknown-key unknown key "retries" | known keys: ${layers}`,
  ],
  [
    "two limits of retries",
    "timeout: 5s",
    "library: [ { retry: { budget: {}, token_bucket: {} } } ]",
    '14:39 «token_bucket» contradiction "token_bucket" contradicts "budget": what limits the retries of all calls together is one of them | keep one of the two',
  ],
  [
    "something inside failure accrual",
    "timeout: 5s",
    "library: [ { failure_accrual: {} }, { retry: {} } ]",
    "14:18 «failure_accrual» contradiction failure_accrual chooses where a request goes, so nothing can be inside it | write it last in the list",
  ],
  [
    "a window that Hystrix cannot cut",
    "timeout: 5s",
    "library: [ { hystrix: { window: 700ms } } ]",
    "14:37 «700ms» out-of-range the window must be a multiple of 500ms",
  ],
  [
    "two windows of a breaker",
    "timeout: 5s",
    "library: [ { breaker: { calls: 5, window: 5s } } ]",
    '14:39 «window» contradiction "window" contradicts "calls": what the breaker looks back on is one of them | keep one of the two',
  ],
];

const rateLimits: BadInput = [
  [
    "unit of a rate limit",
    "time: 8ms",
    "time: 8ms, rate_limits: { domain: e, descriptors: [ { key: a, rate_limit: { unit: secnd, requests_per_unit: 5 } } ] }",
    '8:116 «secnd» wrong-value this is the text "secnd", but one of second, minute, hour, day, week, month, year is wanted (did you mean "second"?)',
  ],
  [
    "rate limit without a number",
    "time: 8ms",
    "time: 8ms, rate_limits: { domain: e, descriptors: [ { key: a, rate_limit: { unit: second } } ] }",
    "8:108 «{ unit: second }» missing-key it is not said how much the limit allows | give unit and requests_per_unit, or unlimited: true",
  ],
  [
    "limit that is none",
    "time: 8ms",
    "time: 8ms, rate_limits: { domain: e, descriptors: [ { key: a, rate_limit: { unlimited: true, unit: second } } ] }",
    "8:108 «{ unlimited: true, unit: second }» contradiction unlimited contradicts unit and requests_per_unit | keep one of the two",
  ],
  [
    "descriptor twice, further down",
    "time: 8ms",
    "time: 8ms, rate_limits: { domain: e, descriptors: [ { key: b, descriptors: [ { key: c }, { key: c } ] } ] }",
    '8:123 «{ key: c }» duplicate-name the descriptor "c" stands here twice | keep one of the two, or put what they share above them',
  ],
];

describe.each([
  ["libraries", libraries],
  ["keys", keys],
  ["units", units],
  ["ranges", ranges],
  ["rate limits", rateLimits],
])("%s", (_, cases) => {
  test.each(cases)("%s", (_kind, from, to, ...problems) => {
    expect(problemsWith(from, to)).toEqual(problems);
  });
});
