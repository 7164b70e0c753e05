import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/decode/message.ts";
import { portStart, stripPort } from "../../src/http/authority.ts";
import { RouteProblems } from "../../src/proxy/matching/route-problems.ts";
import { compilePathRewrite } from "../../src/proxy/routing/path-rewrite.ts";
import type { PeerCertificate } from "../../src/proxy/routing/peer-certificate.ts";
import { compileRedirectTarget, redirectLocation } from "../../src/proxy/routing/redirect.ts";
import type { RouteMatch, StreamId } from "../../src/proxy/routing/route-match.ts";
import { compileRouteTable, type RouteTable } from "../../src/proxy/routing/route-table.ts";
import { isInFraction } from "../../src/proxy/runtime/fraction.ts";
import type { Runtime } from "../../src/proxy/runtime/runtime.ts";
import { runVectors } from "../support/envoy-vectors.ts";
import { type Headers, headOf } from "../support/heads.ts";
import { messageOf } from "../support/message.ts";
import vectors from "./vectors/routing.json" with { type: "json" };

describe("routing as Envoy 1.40 does it", () => {
  const runners = {
    vhost(
      input: { domains: Record<string, string[]>; host: string; ignorePort?: boolean },
      expected: object,
    ) {
      const config = {
        virtual_hosts: Object.entries(input.domains).map(([name, domains]) => ({ name, domains })),
        ignore_port_in_host_matching: input.ignorePort ?? false,
      };
      const match = tableOf(config).match(headOf({ authority: input.host }), noChance);
      expect({ vhost: virtualHostOf(match) }).toEqual(expected);
    },
    portStart({ host }: { host: string }, expected: object) {
      expect({ hasPort: portStart(host) >= 0 }).toEqual(expected);
    },
    stripPort({ host, listenerPort }: { host: string; listenerPort: number | null }, expected: object) {
      expect({ host: stripPort(host, listenerPort ?? undefined) }).toEqual(expected);
    },
    route(input: RouteInput, expected: object) {
      const routes = input.routes.map(({ name, match }) => ({ name, match, route: { cluster: name } }));
      const config = {
        virtual_hosts: [{ name: "all", domains: ["*"], routes }],
        ignore_path_parameters_in_path_matching: input.ignorePathParameters ?? false,
      };
      const head = headOf({ method: input.method, path: input.path ?? "", headers: input.headers });
      const match = tableOf(config).match(head, streamId(input.random), certificateOf(input.tls));
      expect({ route: clusterOf(match) }).toEqual(expected);
    },
    headerMatch(input: { matcher: JsonObject; values: string[] }, expected: object) {
      const match = { prefix: "/", headers: [input.matcher] };
      const headers = input.values.map((value): [string, string] => ["h", value]);
      expect({ match: routeOf(match).match(headOf({ headers }), noChance).kind === "route" }).toEqual(
        expected,
      );
    },
    fraction(input: { numerator: number; denominator: number; random: string }, expected: object) {
      expect({ enabled: isInFraction(input, streamId(input.random)) }).toEqual(expected);
    },
    weighted(input: WeightedInput, expected: object) {
      const clusters = input.clusters.map(({ name, clusterHeader, weight }) =>
        clusterHeader === undefined ? { name: name!, weight } : { cluster_header: clusterHeader, weight },
      );
      const weightedClusters = {
        clusters,
        ...(input.headerName && { header_name: input.headerName }),
        ...(input.runtimeWeights && { runtime_key_prefix: "weights" }),
      };
      const runtime = new Map(
        Object.entries(input.runtimeWeights ?? {}).map(([name, weight]) => [`weights.${name}`, weight]),
      );
      const table = routeOf({ prefix: "/" }, { weighted_clusters: weightedClusters }, runtime);
      const match = table.match(headOf({ headers: input.headers ?? [] }), streamId(input.random));
      expect({ cluster: clusterOf(match) }).toEqual(expected);
    },
    redirect(input: RedirectInput, expected: object) {
      const problems = new RouteProblems();
      const matchedPart = (path: string) => path.slice(0, input.matched?.length ?? 0);
      const target = compileRedirectTarget(messageOf(input.action), matchedPart, problems);
      const headers: Headers = [["x-forwarded-proto", input.xfp]];
      const head = headOf({ scheme: input.scheme, authority: input.host, path: input.path, headers });
      expect({ location: redirectLocation(target, head) }).toEqual(expected);
    },
    rewrite(input: Record<string, string>, expected: object) {
      const action =
        input.kind2 === "prefix"
          ? { prefix_rewrite: input.to! }
          : { regex_rewrite: { pattern: { regex: input.pattern! }, substitution: input.substitution! } };
      const matchedPart = (path: string) => path.slice(0, input.matched?.length ?? 0);
      const rewrite = compilePathRewrite(messageOf(action), matchedPart, new RouteProblems())!;
      expect({ path: rewrite(input.path!) }).toEqual(expected);
    },
  };

  runVectors(vectors, runners, () => undefined);

  test("every kind that has a runner has vectors", () => {
    expect(Object.keys(runners).sort()).toEqual([...new Set(vectors.map(({ input }) => input.kind))].sort());
  });
});

interface RouteInput {
  readonly routes: readonly { readonly name: string; readonly match: JsonObject }[];
  readonly method: string;
  readonly path: string | null;
  readonly headers: Headers;
  readonly random?: string;
  readonly ignorePathParameters?: boolean;
  /** Null: plain text. */
  readonly tls?: { readonly presented: boolean; readonly validated: boolean } | null;
}

interface WeightedInput {
  readonly clusters: readonly {
    readonly name?: string;
    readonly clusterHeader?: string;
    readonly weight: number;
  }[];
  readonly random: string;
  readonly headerName?: string;
  readonly headers?: Headers;
  readonly runtimeWeights?: Readonly<Record<string, number>>;
}

interface RedirectInput {
  readonly action: JsonObject;
  readonly scheme: string;
  readonly xfp: string;
  readonly host: string;
  readonly path: string;
  readonly matched?: string;
}

/** For requests in whose routing chance has no part. */
const noChance: StreamId = {
  mod() {
    throw new Error("the stream id was asked for");
  },
};

function certificateOf(tls: RouteInput["tls"]): PeerCertificate {
  if (!tls?.presented) return "none";
  return tls.validated ? "validated" : "presented";
}

function streamId(random: string | undefined): StreamId {
  return random === undefined ? noChance : { mod: (n) => Number(BigInt(random) % BigInt(n)) };
}

function tableOf(config: JsonObject, runtime?: Runtime): RouteTable {
  const table = compileRouteTable(messageOf(config), runtime);
  expect(table.unmodelled).toEqual([]);
  expect(table.rejected).toEqual([]);
  return table;
}

function routeOf(match: JsonObject, action: JsonObject = { cluster: "c" }, runtime?: Runtime): RouteTable {
  return tableOf(
    { virtual_hosts: [{ name: "all", domains: ["*"], routes: [{ match, route: action }] }] },
    runtime,
  );
}

function virtualHostOf(match: RouteMatch): string | null {
  return match.kind === "route" ? match.route.virtualHost : match.virtualHost;
}

function clusterOf(match: RouteMatch): string | null {
  return match.kind === "route" ? match.cluster : null;
}
