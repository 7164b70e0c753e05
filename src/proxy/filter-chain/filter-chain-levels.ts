import type { Message } from "../../decode/message.ts";
import { type IpAddress, type IpRange, isInRange, readIpRange } from "../cluster/ip-range.ts";
import { type ConnectionFacts, ipOf, isLocal } from "./connection-facts.ts";

/** The key of what a chain does not ask for. */
const ANY = "";

/** One criterion of `listener.v3.FilterChainMatch`. */
export interface FilterChainLevel {
  readonly name: string;
  /** What a chain asks for, in a canonical form; one text for each alternative, and one where it asks for nothing. */
  keysOf(match: Message): readonly string[];
  /** The most specific of the keys there are that a connection has; undefined: none. */
  choose(facts: ConnectionFacts, keys: ReadonlySet<string>): string | undefined;
}

/**
 * The criteria in the order in which they count (Envoy 1.40,
 * source/common/listener_manager/filter_chain_manager_impl.cc).
 */
export function filterChainLevels(): readonly FilterChainLevel[] {
  return [
    {
      name: "destination_port",
      keysOf: (match) => [portKey(match.number("destination_port", 0))],
      choose: ({ destinationPort }, keys) => firstOf([portKey(destinationPort), ANY], keys),
    },
    addresses("prefix_ranges", ({ destinationAddress }) => ipOf(destinationAddress)),
    {
      name: "server_names",
      keysOf: (match) => orAny(match.strings("server_names").map(serverNameKey)),
      choose: ({ serverName }, keys) => firstOf([serverName, ...wildcardsOf(serverName), ANY], keys),
    },
    {
      name: "transport_protocol",
      keysOf: (match) => [match.string("transport_protocol")],
      choose: ({ transportProtocol }, keys) => firstOf([transportProtocol, ANY], keys),
    },
    {
      name: "application_protocols",
      keysOf: (match) => orAny(match.strings("application_protocols")),
      choose: ({ applicationProtocols }, keys) => firstOf([...applicationProtocols, ANY], keys),
    },
    addresses("direct_source_prefix_ranges", ({ directSourceAddress }) => ipOf(directSourceAddress)),
    {
      name: "source_type",
      keysOf: (match) => [match.enum("source_type", "ANY")],
      choose: (facts, keys) => firstOf([isLocal(facts) ? "SAME_IP_OR_LOOPBACK" : "EXTERNAL", "ANY"], keys),
    },
    addresses("source_prefix_ranges", ({ sourceAddress }) => ipOf(sourceAddress)),
    {
      name: "source_ports",
      keysOf: (match) => orAny(match.numbers("source_ports").map(portKey)),
      choose: ({ sourcePort }, keys) => firstOf([portKey(sourcePort), ANY], keys),
    },
  ];
}

function portKey(port: number): string {
  return port === 0 ? ANY : String(port);
}

/** `*.x` is kept as `.x`. */
function serverNameKey(name: string): string {
  const lowerCase = name.toLowerCase();
  return lowerCase.startsWith("*.") ? lowerCase.slice(1) : lowerCase;
}

/** `.b.c` and `.c` for `a.b.c`. */
function wildcardsOf(name: string): string[] {
  const wildcards: string[] = [];
  for (let dot = name.indexOf(".", 1); dot >= 0 && dot < name.length - 1; dot = name.indexOf(".", dot + 1))
    wildcards.push(name.slice(dot));
  return wildcards;
}

/**
 * The longest range counts. A range of all addresses and no range at all are the same to Envoy, where chance
 * decides between them at its start; here the range counts, and `hasAmbiguousRanges` tells of it.
 */
function addresses(name: string, addressOf: (facts: ConnectionFacts) => IpAddress): FilterChainLevel {
  const ranges = new Map<string, IpRange>();
  return {
    name,
    keysOf(match) {
      const own = match.messages(name).flatMap((message) => readIpRange(message) ?? []);
      for (const range of own) ranges.set(range.text, range);
      return orAny(own.map(({ text }) => text));
    },
    choose(facts, keys) {
      const ip = addressOf(facts);
      let best: IpRange | undefined;
      for (const key of keys) {
        const range = ranges.get(key);
        if (range !== undefined && isInRange(ip, range) && range.length >= (best?.length ?? 0)) best = range;
      }
      return best?.text ?? firstOf([ANY], keys);
    },
  };
}

/** Whether some chains ask for all addresses of a kind and others for none. */
export function hasAmbiguousRanges(keys: ReadonlySet<string>): boolean {
  return keys.has(ANY) && [...keys].some((key) => key.endsWith("/0"));
}

function orAny(keys: readonly string[]): readonly string[] {
  return keys.length === 0 ? [ANY] : keys;
}

function firstOf(candidates: readonly string[], keys: ReadonlySet<string>): string | undefined {
  return candidates.find((key) => keys.has(key));
}
