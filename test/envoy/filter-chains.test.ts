import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/decode/message.ts";
import type { ConnectionFacts } from "../../src/proxy/filter-chain/connection-facts.ts";
import { readFilterChains } from "../../src/proxy/filter-chain/filter-chains.ts";
import { NO_RUNTIME } from "../../src/proxy/runtime/runtime.ts";
import { messageOf } from "../support/message.ts";
import recordings from "./vectors/filter-chains.json" with { type: "json" };

/**
 * What the real Envoy 1.40.0 did: listeners behind PROXY headers and a TLS inspector, and the name of the chain
 * that each connection got, null where it was closed.
 */
type RecordedConnection = readonly [
  source: string,
  sourcePort: number,
  destination: string,
  destinationPort: number,
  directSource: string,
  hello: readonly [serverName: string | null, applicationProtocols: readonly string[] | null] | null,
  chain: string | null,
];

function factsOf([
  source,
  sourcePort,
  destination,
  destinationPort,
  direct,
  hello,
]: RecordedConnection): ConnectionFacts {
  return {
    sourceAddress: source,
    sourcePort,
    destinationAddress: destination,
    destinationPort,
    directSourceAddress: direct,
    transportProtocol: hello === null ? "raw_buffer" : "tls",
    serverName: hello?.[0]?.toLowerCase() ?? "",
    applicationProtocols: hello?.[1] ?? [],
  };
}

function nameOf(chain: string | null | undefined): string | null {
  return chain ?? null;
}

describe("the filter chain of a connection", () => {
  it.each(recordings.map(({ id, listener, connections }) => [id, listener, connections] as const))(
    "is the recorded one in %s",
    (_id, listener, connections) => {
      const chains = readFilterChains(messageOf(listener as unknown as JsonObject), NO_RUNTIME, (chain) =>
        chain.string("name"),
      );
      expect(chains.problems).toEqual([]);
      const recorded = connections as unknown as readonly RecordedConnection[];
      const found = recorded.map((connection) => nameOf(chains.choose(factsOf(connection))));
      expect(found).toEqual(recorded.map(([, , , , , , chain]) => chain));
    },
  );
});
