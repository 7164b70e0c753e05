import type { CaseContent, Connect, Endpoint, Json, Place } from "../../case.ts";
import type { Draw } from "../../draw.ts";
import { clusterOf, textOf } from "../parts.ts";
import { listenerAt, networkFilter, portAt, TCP_FIELDS, TCP_STATS, tcpProxy } from "./listeners.ts";

const CONNECTIONS = 24;
const INTERVAL_MS = 60;
/** Connections end in the middle between two arrivals. */
const PHASE = 0.5;
const ANSWERING: Endpoint = { default: {}, listen: true, protocol: "tcp" };

/** Connections at a fixed rate that stay for a while: who is let in, who is not and when it hears of that. */
export function drawConnectionLimits(draw: Draw, place: Place): CaseContent {
  const name = `${place.name}_b`;
  const host = place.host(1);
  const hold_ms = INTERVAL_MS * (draw.whole(2, 7) + PHASE);
  const limits = draw.some([LISTENER, CONNECTIONS_OF_FILTER, RATE], draw.pick([1, 1, 2]));
  const filters = limits.flatMap((draws) => draws(draw, place) ?? []);
  const breakers = draw.maybe(limits.length === 1 ? 0.5 : 0.2, () => ({
    circuit_breakers: { thresholds: [{ max_connections: draw.whole(0, 6) }] },
  }));
  const runtime = limits.includes(LISTENER)
    ? { [`envoy.resource_limits.listener.${place.name}_l0.connection_limit`]: draw.whole(1, 6) }
    : {};
  return {
    about: `${JSON.stringify([filters, breakers, runtime])}, held for ${hold_ms} ms`,
    mode: "concurrent",
    settleMs: 50,
    alsoRecorded: [],
    virtualHosts: [],
    runtime,
    listeners: [
      listenerAt(place, 0, {
        filter_chains: [{ filters: [...filters, tcpProxy(place, "p", { cluster: name })] }],
      }),
    ],
    clusters: [clusterOf(name, [host], breakers)],
    upstreams: { [textOf(host)]: ANSWERING },
    requests: draw.list(
      CONNECTIONS,
      (n): Connect => ({ n, at_ms: n * INTERVAL_MS, protocol: "tcp", port: portAt(place, 0), hold_ms }),
    ),
    rules: {
      exact: TCP_FIELDS,
      range: [{ field: "client_ms", below: 60, above: 12 }],
    },
    stats: TCP_STATS,
  };
}

type DrawLimit = (draw: Draw, place: Place) => Json | undefined;

/** It stands in the runtime. */
const LISTENER: DrawLimit = () => undefined;

const CONNECTIONS_OF_FILTER: DrawLimit = (draw, { name }) =>
  networkFilter("connection_limit", "ConnectionLimit", {
    stat_prefix: `${name}_cl`,
    max_connections: draw.whole(1, 6),
    ...draw.maybe(0.4, () => ({ delay: "0.1s" })),
  });

const RATE: DrawLimit = (draw, { name }) =>
  networkFilter("local_ratelimit", "LocalRateLimit", {
    stat_prefix: `${name}_rl`,
    token_bucket: { max_tokens: draw.whole(1, 20), fill_interval: "600s" },
  });
