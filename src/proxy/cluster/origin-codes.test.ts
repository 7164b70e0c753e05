import { describe, expect, it } from "vitest";
import { Stats } from "../../telemetry/stats.ts";
import { Host } from "./host.ts";
import { NO_LOCALITY } from "./locality.ts";
import { OriginCodes } from "./origin-codes.ts";

function hostIn(zone: string, metadata: Readonly<Record<string, unknown>> = {}): Host {
  return new Host({
    address: "10.0.0.1:80",
    hostname: "",
    weight: 1,
    priority: 0,
    locality: { ...NO_LOCALITY, zone },
    metadata,
    healthFlags: 0,
  });
}

function charged(ownZone: string, host: Host, headers: ReadonlyMap<string, string>): readonly string[] {
  const stats = new Stats();
  new OriginCodes(stats, "cluster.api.", ownZone).charge(503, host, headers);
  return [...stats.nonzero()].map(([name]) => name).sort();
}

const names = (prefix: string) =>
  ["upstream_rq_503", "upstream_rq_5xx", "upstream_rq_completed"].map(
    (name) => `cluster.api.${prefix}${name}`,
  );

describe("codes by where answers come from", () => {
  it("are counted by both zones", () => {
    expect(charged("a", hostIn("b"), new Map())).toEqual(names("zone.a.b."));
  });

  it("are not counted where either side has no zone", () => {
    expect(charged("", hostIn("b"), new Map())).toEqual([]);
    expect(charged("a", hostIn(""), new Map())).toEqual([]);
  });

  it("are counted apart for canaries, by their metadata or by what their answers say", () => {
    const canary = names("canary.");
    expect(charged("", hostIn("", { canary: true }), new Map())).toEqual(canary);
    expect(charged("", hostIn(""), new Map([["x-envoy-upstream-canary", "true"]]))).toEqual(canary);
    expect(charged("", hostIn(""), new Map([["x-envoy-upstream-canary", "1"]]))).toEqual([]);
  });
});
