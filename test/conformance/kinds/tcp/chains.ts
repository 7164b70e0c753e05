import type { CaseContent, Connect, Json, Place } from "../../case.ts";
import type { Hello } from "../../client/client-hello.ts";
import type { Draw } from "../../draw.ts";
import { clusterOf, textOf } from "../parts.ts";
import {
  listenerAt,
  OPTIONAL_PROXY_PROTOCOL,
  PROXY_PROTOCOL,
  portAt,
  TCP_FIELDS,
  TCP_STATS,
  TLS_INSPECTOR,
  tcpProxy,
} from "./listeners.ts";

const CONNECTIONS = 80;
const MOST_CHAINS = 9;
const PORTS = [80, 443, 8443];
const SOURCE_PORTS = [1000, 2000, 3000];
/** No range that takes every address: beside chains without a range Envoy may choose either. */
const TARGETS = ["0.0.0.0/1", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "192.168.0.0/16", "192.168.1.1/32"];
const SOURCES = ["10.0.0.0/8", "10.7.0.0/16", "10.7.7.0/24", "192.0.0.0/4", "127.0.0.0/8", "10.7.7.7/32"];
const DIRECT = ["127.0.0.0/8", "127.0.0.0/28", "10.0.0.0/8"];
const NAMES = ["A.Test", "b.test", "*.test", "*.b.test"];
const PROTOCOLS = ["h2", "http/1.1", "istio"];
const ASKED_NAMES = ["a.test", "b.test", "c.test", "x.b.test", "X.B.Test", "y.x.b.test", "other", null];
const ASKED_TARGETS = [
  "10.1.2.3",
  "10.1.9.9",
  "10.9.9.9",
  "192.168.1.1",
  "192.168.9.9",
  "100.0.0.1",
  "200.0.0.1",
];
const ASKED_SOURCES = [
  "10.7.7.7",
  "10.7.7.8",
  "10.7.8.8",
  "10.8.8.8",
  "192.168.1.1",
  "127.0.0.1",
  "200.0.0.1",
];

/** Random tables of filter chains, and connections that nearly match: which chain takes each of them. */
export function drawChains(draw: Draw, place: Place): CaseContent {
  const name = `${place.name}_b`;
  const host = place.host(1);
  const matches = withoutOverlap(draw.list(draw.whole(2, MOST_CHAINS), () => drawMatch(draw)));
  const chainOf = (chain: string, filter_chain_match?: Json): Json => ({
    ...(chain === "" ? {} : { name: chain }),
    ...(filter_chain_match === undefined ? {} : { filter_chain_match }),
    filters: [tcpProxy(place, chain, { cluster: name })],
  });
  const filter_chains = matches.map((match, index) => chainOf(`chain${index}`, match));
  const listener = listenerAt(place, 0, {
    listener_filters: [
      draw.chance(0.8) ? PROXY_PROTOCOL : OPTIONAL_PROXY_PROTOCOL,
      ...(draw.chance(0.85) ? [TLS_INSPECTOR] : []),
    ],
    filter_chains,
    ...draw.maybe(0.5, () => ({ default_filter_chain: chainOf("fallback") })),
  });
  return {
    about: JSON.stringify(matches),
    mode: "sequential",
    settleMs: 50,
    alsoRecorded: [],
    virtualHosts: [],
    listeners: [listener],
    clusters: [clusterOf(name, [host])],
    upstreams: { [textOf(host)]: { default: {}, listen: true, protocol: "tcp" } },
    requests: draw.list(CONNECTIONS, (n): Connect => {
      const source = `127.0.0.${draw.whole(1, 40)}`;
      const common = {
        n,
        at_ms: null,
        protocol: "tcp" as const,
        port: portAt(place, 0),
        source,
        read_ms: 700,
      };
      return { ...common, proxy: drawHeader(draw), ...draw.maybe(0.6, () => ({ tls: drawHello(draw) })) };
    }),
    rules: { exact: TCP_FIELDS },
    stats: TCP_STATS,
  };
}

function drawMatch(draw: Draw): Json {
  const few = <T>(list: readonly T[]) => draw.some(list, draw.pick([1, 1, 2]));
  return {
    ...draw.maybe(0.25, () => ({ destination_port: draw.pick(PORTS) })),
    ...draw.maybe(0.35, () => ({ prefix_ranges: few(TARGETS).map(rangeOf) })),
    ...draw.maybe(0.35, () => ({ server_names: few(NAMES) })),
    ...draw.maybe(0.25, () => ({ transport_protocol: draw.pick(["tls", "raw_buffer"]) })),
    ...draw.maybe(0.2, () => ({ application_protocols: few(PROTOCOLS) })),
    ...draw.maybe(0.15, () => ({ direct_source_prefix_ranges: few(DIRECT).map(rangeOf) })),
    ...draw.maybe(0.2, () => ({ source_type: draw.pick(["SAME_IP_OR_LOOPBACK", "EXTERNAL"]) })),
    ...draw.maybe(0.3, () => ({ source_prefix_ranges: few(SOURCES).map(rangeOf) })),
    ...draw.maybe(0.2, () => ({ source_ports: few(SOURCE_PORTS) })),
  };
}

function rangeOf(text: string): Json {
  const [address_prefix, length] = text.split("/");
  return { address_prefix, prefix_len: Number(length) };
}

/** Envoy refuses two chains that take exactly the same: the later one is left out. */
function withoutOverlap(matches: readonly Json[]): Json[] {
  const taken = new Set<string>();
  return matches.filter((match) => {
    const all = combinationsOf(match);
    const isNew = all.every((one) => !taken.has(one));
    if (isNew) for (const one of all) taken.add(one);
    return isNew;
  });
}

const FIELDS = [
  "destination_port",
  "prefix_ranges",
  "server_names",
  "transport_protocol",
  "application_protocols",
  "direct_source_prefix_ranges",
  "source_type",
  "source_prefix_ranges",
  "source_ports",
];

function combinationsOf(match: Json): string[] {
  const values = FIELDS.map((field) =>
    [match[field] ?? null].flat().map((one) => JSON.stringify(one).toLowerCase()),
  );
  return values.reduce((all, each) => all.flatMap((head) => each.map((one) => `${head} ${one}`)), [""]);
}

function drawHeader(draw: Draw): string {
  if (draw.chance(0.05)) return "PROXY UNKNOWN";
  const ports = `${draw.pick([...SOURCE_PORTS, 4000])} ${draw.pick([...PORTS, 9000])}`;
  return `PROXY TCP4 ${draw.pick(ASKED_SOURCES)} ${draw.pick(ASKED_TARGETS)} ${ports}`;
}

function drawHello(draw: Draw): Hello {
  return {
    sni: draw.pick(ASKED_NAMES),
    ...draw.maybe(0.6, () => ({ alpn: draw.some([...PROTOCOLS, "h3"], draw.whole(1, 2)) })),
  };
}
