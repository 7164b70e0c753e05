import { describe, expect, it } from "vitest";
import { messageOf } from "../../../test/support/message.ts";
import type { JsonObject } from "../../decode/message.ts";
import { NO_RUNTIME } from "../runtime/runtime.ts";
import type { ConnectionFacts } from "./connection-facts.ts";
import { readFilterChains } from "./filter-chains.ts";

const PLAIN: ConnectionFacts = {
  destinationAddress: "10.1.0.1",
  destinationPort: 80,
  sourceAddress: "10.2.0.7",
  sourcePort: 40000,
  directSourceAddress: "10.2.0.7",
  transportProtocol: "raw_buffer",
  serverName: "",
  applicationProtocols: [],
};

function secure(serverName: string, ...applicationProtocols: string[]): Partial<ConnectionFacts> {
  return { transportProtocol: "tls", serverName, applicationProtocols };
}

function chains(listener: JsonObject) {
  return readFilterChains(messageOf(listener), NO_RUNTIME, (chain) => chain.string("name"));
}

/** The name of the chain that takes a connection, of chains that ask for these things. */
function chosen(matches: Record<string, JsonObject>, facts: Partial<ConnectionFacts>, more: JsonObject = {}) {
  const filter_chains = Object.entries(matches).map(([name, filter_chain_match]) => ({
    name,
    filter_chain_match,
  }));
  return chains({ filter_chains, ...more }).choose({ ...PLAIN, ...facts });
}

const range = (address_prefix: string, prefix_len: number) => ({ address_prefix, prefix_len });

describe("a filter chain is chosen", () => {
  it("by server names: exact, the longest suffix, none", () => {
    const matches = {
      exact: { server_names: ["a.shop.test"] },
      long: { server_names: ["*.a.shop.test"] },
      short: { server_names: ["*.test"] },
      none: {},
    };
    const names = ["a.shop.test", "b.a.shop.test", "x.y.test", "test", ""];
    expect(names.map((name) => chosen(matches, secure(name)))).toEqual([
      "exact",
      "long",
      "short",
      "none",
      "none",
    ]);
  });

  it("by the first protocol of the client's list that a chain asks for", () => {
    const matches = { h1: { application_protocols: ["http/1.1"] }, h2: { application_protocols: ["h2"] } };
    expect(chosen(matches, secure("", "spdy", "h2", "http/1.1"))).toBe("h2");
    expect(chosen(matches, secure(""))).toBeNull();
  });

  it("by where it comes from", () => {
    const matches = {
      local: { source_type: "SAME_IP_OR_LOOPBACK" },
      external: { source_type: "EXTERNAL", source_prefix_ranges: [range("10.2.0.0", 16)] },
      port: { source_type: "EXTERNAL", source_prefix_ranges: [range("10.2.0.0", 24)], source_ports: [40000] },
    };
    expect(chosen(matches, { sourceAddress: "127.0.0.1" })).toBe("local");
    expect(chosen(matches, { sourceAddress: "10.1.0.1" })).toBe("local");
    // The real server takes no other address of 127.0.0.0/8 for its own machine.
    expect(chosen(matches, { sourceAddress: "127.0.0.2" })).toBeNull();
    expect(chosen(matches, {})).toBe("port");
    // The range that fits best has no chain for this port, and there is no way back.
    expect(chosen(matches, { sourcePort: 1 })).toBeNull();
    expect(chosen(matches, { sourceAddress: "10.2.9.9" })).toBe("external");
  });

  it("with a connection from no address only by chains for all addresses", () => {
    const matches = { ten: { source_prefix_ranges: [range("10.0.0.0", 8)] }, rest: {} };
    expect(chosen(matches, { sourceAddress: undefined })).toBe("rest");
  });

  it("without a way back from the more specific criterion", () => {
    const matches = {
      port: { destination_port: 443, server_names: ["a.test"] },
      general: { server_names: ["b.test"] },
    };
    expect(chosen(matches, { destinationPort: 443, ...secure("b.test") })).toBeNull();
    expect(chosen(matches, secure("b.test"))).toBe("general");
    const otherwise = { default_filter_chain: { name: "default" } };
    expect(chosen(matches, { destinationPort: 443, ...secure("b.test") }, otherwise)).toBe("default");
  });
});

it("tells of ranges between which Envoy itself decides by chance", () => {
  const filter_chains = [{ filter_chain_match: { prefix_ranges: [range("0.0.0.0", 0)] } }, {}];
  expect(chains({ filter_chains }).problems.map(({ reason }) => reason)).toEqual([
    expect.stringContaining("in prefix_ranges"),
  ]);
});

describe("a matcher of filter chains", () => {
  const input = (name: string) => ({
    name,
    typed_config: {
      "@type": `type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.${name}`,
    },
  });
  const to = (value: string) => ({
    action: {
      name: "chain",
      typed_config: { "@type": "type.googleapis.com/google.protobuf.StringValue", value },
    },
  });
  const filter_chains = [{ name: "a" }, { name: "b" }];
  const by = (name: string, map: JsonObject, more: JsonObject = {}) =>
    chains({
      filter_chains,
      filter_chain_matcher: { matcher_tree: { input: input(name), exact_match_map: { map } } },
      ...more,
    });

  it.each<[string, string, Partial<ConnectionFacts>]>([
    ["DestinationPortInput", "80", {}],
    ["DestinationIPInput", "10.1.0.1", {}],
    ["SourceIPInput", "10.2.0.7", {}],
    ["SourcePortInput", "40000", {}],
    ["DirectSourceIPInput", "10.2.0.7", {}],
    ["SourceTypeInput", "local", { sourceAddress: "127.0.0.1" }],
    ["ServerNameInput", "shop.test", secure("shop.test")],
    ["TransportProtocolInput", "tls", secure("shop.test")],
    ["ApplicationProtocolInput", "'h2','http/1.1'", secure("", "h2", "http/1.1")],
  ])("looks at %s", (name, value, facts) => {
    const found = by(name, { [value]: to("b") });
    expect(found.problems).toEqual([]);
    expect(found.choose({ ...PLAIN, ...facts })).toBe("b");
  });

  it("leaves what it leads nowhere to the default chain, but not what it leads to a chain that is missing", () => {
    const more = { default_filter_chain: { name: "default" } };
    expect(by("ServerNameInput", { x: to("a") }, more).choose(PLAIN)).toBe("default");
    expect(by("DestinationPortInput", { "80": to("gone") }, more).choose(PLAIN)).toBeNull();
  });
});
