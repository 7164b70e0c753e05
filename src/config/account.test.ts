import { expect, test } from "vitest";
import { type JsonObject, Message, ReadLog } from "../decode/message.ts";
import { misreadFields, unmodelled } from "./account.ts";
import { read, withCluster, withRoutes } from "./test-kit.suite.ts";

const { config } = read(
  withCluster(
    "connect_timeout: 1s",
    "alt_stat_name: other",
    "outlier_detection: { interval: 1s, consecutive_5xx: 3 }",
    "circuit_breakers: { thresholds: { max_retries: 3, track_remaining: true } }",
    "metadata: { filter_metadata: { a: { b: 1 } } }",
  ),
);

function cluster(log: ReadLog): Message {
  const bootstrap = new Message(config.snapshot!.bootstrap as JsonObject, "", log);
  return bootstrap.message("static_resources")!.messages("clusters")[0]!;
}

test("a configuration that nobody read is one line", () => {
  expect(unmodelled(config, new ReadLog())).toEqual([
    {
      severity: "warning",
      code: "not-modelled",
      message: "static_resources is not simulated",
      remedy: "the simulation acts as if it were absent",
      location: { file: "envoy.yaml", line: 1, column: 1, length: 16 },
      path: "static_resources",
    },
  ]);
});

test("unread fields are told by path, a message that was not opened once, names and statistics never", () => {
  const log = new ReadLog();
  const read = cluster(log);
  read.string("name");
  read.duration("connect_timeout");
  read.message("outlier_detection")!.duration("interval");
  expect(unmodelled(config, log).map(({ path }) => path)).toEqual([
    "static_resources.clusters[0].outlier_detection.consecutive_5xx",
    "static_resources.clusters[0].circuit_breakers",
  ]);
});

test("an extension is modelled when somebody asked it for something", () => {
  const { config } = read(withRoutes("routes: []"));
  const log = new ReadLog();
  const open = (message: Message): Message => {
    for (const field of Object.keys(message.json)) log.note(message.json, field);
    return message;
  };
  const chain = open(
    open(open(new Message(config.snapshot!.bootstrap, "", log)).message("static_resources")!).messages(
      "listeners",
    )[0]!,
  ).messages("filter_chains")[0]!;
  const filter = open(open(chain).messages("filters")[0]!);
  const manager = open(filter.message("typed_config")!);
  const httpFilter = open(manager.messages("http_filters")[0]!);
  const paths = (): string[] => unmodelled(config, log).map(({ message }) => message);
  expect(paths()).toContain("Router is not simulated");
  httpFilter.message("typed_config")!.boolean("suppress_envoy_headers");
  expect(paths()).not.toContain("Router is not simulated");
});

test("a field name that Envoy does not have is found in the log", () => {
  const log = new ReadLog();
  const read = cluster(log);
  read.string("lb_polcy");
  read.enum("lb_policy", "ROUND_ROBIN");
  expect(misreadFields(config, log)).toEqual(["envoy.config.cluster.v3.Cluster.lb_polcy"]);
});
