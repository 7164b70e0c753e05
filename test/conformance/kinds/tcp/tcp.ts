import type { CaseContent, Connect, Json, Place } from "../../case.ts";
import type { Draw } from "../../draw.ts";
import { seconds } from "../parts.ts";
import { drawConnectionLimits } from "./limits.ts";
import {
  listenerAt,
  networkFilter,
  OPTIONAL_PROXY_PROTOCOL,
  PROXY_PROTOCOL,
  portAt,
  TCP_FIELDS,
  TCP_STATS,
  TLS_INSPECTOR,
  tcpProxy,
} from "./listeners.ts";
import { drawTcpTarget, type TcpTarget } from "./targets.ts";
import { drawWeightedClusters } from "./weighted-clusters.ts";

const LISTENERS = 6;
const CONNECTIONS = 30;
/** These keep apart, and away from the sums of attempts to connect. */
const IDLE_MS = [90, 185];
const DURATION_MS = 265;
const FILTERS_MS = 205;
const HOLD_MS = 310;
const READ_MS = 390;
/** So that Envoy's main thread has heard of a failure. */
const GAP_MS = 5;
const QUICK_BACK_OFF = { base_interval: "0.001s", max_interval: "0.002s" };

/** TCP proxies: attempts to connect, time limits, first bytes, closing by either side, limits, shares. */
export function drawTcp(draw: Draw, place: Place): CaseContent {
  const kind = draw.whole(1, 10);
  if (kind === 1) return drawWeightedClusters(draw, place);
  return kind <= 3 ? drawConnectionLimits(draw, place) : drawProxies(draw, place);
}

/** How a listener of a case takes connections, and what its clients have to send. */
interface Drawn {
  readonly listener: Json;
  readonly wantsProxy: boolean;
  readonly mayTls: boolean;
}

function drawProxies(draw: Draw, place: Place): CaseContent {
  const targets = draw.list(LISTENERS, (index) => drawTcpTarget(draw, place, index));
  const drawn = targets.map((target, k) => drawListener(draw, place, k, target));
  return {
    about: drawn.map(({ listener }) => JSON.stringify(listener.filter_chains)).join("; "),
    mode: "sequential",
    gapMs: GAP_MS,
    settleMs: 150,
    alsoRecorded: [],
    virtualHosts: [],
    listeners: drawn.map(({ listener }) => listener),
    clusters: targets.flatMap(({ cluster }) => (cluster === undefined ? [] : [cluster])),
    upstreams: Object.assign({}, ...targets.map(({ upstreams }) => upstreams)),
    requests: draw.list(CONNECTIONS, (n) => {
      const k = draw.whole(0, LISTENERS - 1);
      return drawConnect(draw, n, portAt(place, k), drawn[k]!, targets);
    }),
    rules: {
      exact: TCP_FIELDS,
      // Noise of the machine only adds time.
      range: ["duration_ms", "client_ms", "closed_ms"].map((field) => ({ field, below: 80, above: 12 })),
    },
    stats: TCP_STATS,
  };
}

function drawListener(draw: Draw, place: Place, k: number, target: TcpTarget): Drawn {
  const wantsProxy = draw.chance(0.15);
  const mayTls = draw.chance(0.2);
  const filters = [
    ...(draw.chance(0.1)
      ? [
          networkFilter("local_ratelimit", "LocalRateLimit", {
            stat_prefix: `${place.name}_l${k}`,
            token_bucket: { max_tokens: draw.whole(1, 5), fill_interval: "600s" },
          }),
        ]
      : []),
    ...(mayTls && draw.chance(0.5) ? [networkFilter("sni_cluster", "SniCluster", {})] : []),
    tcpProxy(place, `p${k}`, {
      cluster: target.name,
      ...target.proxy,
      ...(target.needsOneAttempt ? {} : draw.maybe(0.6, () => ({ max_connect_attempts: draw.whole(1, 3) }))),
      ...draw.maybe(0.3, () => ({ backoff_options: QUICK_BACK_OFF })),
      ...draw.maybe(0.45, () => ({ idle_timeout: draw.pick(["0s", ...IDLE_MS.map(seconds)]) })),
      ...draw.maybe(0.3, () => ({ max_downstream_connection_duration: seconds(DURATION_MS) })),
      ...draw.maybe(0.2, () => ({
        upstream_connect_mode: "ON_DOWNSTREAM_DATA",
        max_early_data_bytes: draw.pick([1, 4096]),
      })),
    }),
  ];
  const listenerFilters = [
    ...(wantsProxy ? [draw.pick([PROXY_PROTOCOL, OPTIONAL_PROXY_PROTOCOL])] : []),
    ...(mayTls ? [TLS_INSPECTOR] : []),
  ];
  const listener = listenerAt(place, k, {
    filter_chains: [{ ...draw.maybe(0.5, () => ({ name: `chain${k}` })), filters }],
    ...(listenerFilters.length === 0
      ? {}
      : {
          listener_filters: listenerFilters,
          listener_filters_timeout: seconds(FILTERS_MS),
          ...draw.maybe(0.4, () => ({ continue_on_listener_filters_timeout: true })),
        }),
  });
  return { listener, wantsProxy, mayTls };
}

function drawConnect(
  draw: Draw,
  n: number,
  port: number,
  { wantsProxy, mayTls }: Drawn,
  targets: readonly TcpTarget[],
): Connect {
  return {
    n,
    at_ms: null,
    protocol: "tcp",
    port,
    source: `127.0.0.${draw.whole(1, 60)}`,
    read_ms: READ_MS,
    ...draw.maybe(0.25, () => ({ hold_ms: HOLD_MS })),
    ...(wantsProxy && draw.chance(0.85) ? { proxy: drawProxyHeader(draw) } : {}),
    ...(mayTls
      ? draw.maybe(0.7, () => ({ tls: { sni: drawName(draw, targets), alpn: draw.pick([null, ["h2"]]) } }))
      : {}),
    ...draw.maybe(0.1, () => ({ send: false })),
  };
}

function drawProxyHeader(draw: Draw): string {
  if (draw.chance(0.1)) return draw.pick(["PROXY UNKNOWN", "PROXY TCP4 nonsense"]);
  return `PROXY TCP4 10.0.0.${draw.whole(1, 9)} 10.1.0.1 ${draw.whole(1024, 9999)} 443`;
}

/** Of a cluster that leaves nothing to chance whatever its proxy says, of none, or nothing at all. */
function drawName(draw: Draw, targets: readonly TcpTarget[]): string | null {
  const plain = targets.filter(
    ({ proxy, needsOneAttempt }) => Object.keys(proxy).length === 0 && !needsOneAttempt,
  );
  return draw.chance(0.3) ? null : draw.pick([...plain.map(({ name }) => name), "nobody.test"]);
}
