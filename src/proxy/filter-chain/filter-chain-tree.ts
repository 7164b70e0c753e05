import type { Message } from "../../decode/message.ts";
import { compileMatcherTree, type Input, type MatcherTree } from "../matching/matcher-tree.ts";
import type { RouteProblems } from "../matching/route-problems.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { type ConnectionFacts, isLocal } from "./connection-facts.ts";

const INPUTS = "envoy.extensions.matching.common_inputs.network.v3.";

/** Values of connections that trees may look at (Envoy 1.40, source/extensions/matching/network). */
const inputs: Readonly<Record<string, Input<ConnectionFacts>>> = {
  DestinationIPInput: ({ destinationAddress }) => destinationAddress,
  DestinationPortInput: ({ destinationPort }) => String(destinationPort),
  SourceIPInput: ({ sourceAddress }) => sourceAddress,
  SourcePortInput: ({ sourceAddress, sourcePort }) => sourceAddress && String(sourcePort),
  DirectSourceIPInput: ({ directSourceAddress }) => directSourceAddress,
  SourceTypeInput: (facts) => (isLocal(facts) ? "local" : undefined),
  ServerNameInput: ({ serverName }) => serverName || undefined,
  TransportProtocolInput: ({ transportProtocol }) => transportProtocol || undefined,
  ApplicationProtocolInput: ({ applicationProtocols }) =>
    applicationProtocols.length === 0 ? undefined : `'${applicationProtocols.join("','")}'`,
  // Nothing that is simulated sets filter state before the chain is chosen.
  FilterStateInput: () => undefined,
};

/** Compiles `Listener.filter_chain_matcher`, which leads to the name of a filter chain. */
export function compileFilterChainTree(
  matcher: Message,
  runtime: Runtime,
  problems: RouteProblems,
): MatcherTree<ConnectionFacts, string> {
  return compileMatcherTree(matcher, { input: readInput, action: readChainName, runtime, problems });
}

function readInput(config: Message): Input<ConnectionFacts> | undefined {
  const message = config.message("typed_config");
  const type = message?.typeName ?? "";
  if (!type.startsWith(INPUTS)) return undefined;
  // Asking for a field says that the input is simulated; most have none.
  message!.string(type.endsWith("FilterStateInput") ? "key" : "@type");
  return inputs[type.slice(INPUTS.length)];
}

function readChainName(config: Message): string | undefined {
  config.string("name");
  const action = config.message("typed_config");
  return action?.typeName === "google.protobuf.StringValue" ? action.string("value") : undefined;
}
