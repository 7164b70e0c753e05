import { Request } from "../http/request.ts";
import { ANY_TLS } from "../network/tls.ts";
import type { Counter, Stats } from "../telemetry/stats.ts";
import { AsyncClient } from "./async-client.ts";
import { ConnectBackOff } from "./connect-back-off.ts";
import type { PoolDeps } from "./connection-pool/connection-pool.ts";
import type { TcpPool } from "./connection-pool/tcp-pool.ts";
import type { FilterChainConfig } from "./filter-chain-config.ts";
import type { GateDeps } from "./gated-connection.ts";
import type { Proxy } from "./proxy.ts";
import type { ProxyCluster } from "./proxy-cluster.ts";
import type { ProxyDeps } from "./proxy-deps.ts";
import { DEFAULT_ROUTER_OPTIONS } from "./router-options.ts";
import { callService } from "./service-caller.ts";
import type { TcpProxyConfig } from "./tcp-proxy/tcp-proxy-config.ts";
import { TcpProxyStats } from "./tcp-proxy/tcp-proxy-stats.ts";
import { TcpProxy } from "./tcp-proxy.ts";
import type { Worker } from "./worker.ts";

/** The TCP proxies that end a filter chain of a process, by worker. */
export function makeTcpProxies(
  proxy: Proxy,
  workers: readonly Worker[],
  stats: Stats,
  { name, tls }: FilterChainConfig,
  config: TcpProxyConfig,
  inspectsTls: boolean,
): TcpProxy[] {
  const parts = {
    config,
    chainName: name,
    endsTls: tls !== null,
    seesServerName: tls !== null || inspectsTls,
    stats: new TcpProxyStats(stats, config.statPrefix),
    backOff: config.backOff && new ConnectBackOff(config.backOff),
  };
  return workers.map((worker) => new TcpProxy(proxy, worker, parts));
}

/** What the TCP pools of a cluster need beside what its HTTP pools need. */
export function tcpPoolDeps({ config, tls }: ProxyCluster, http: PoolDeps, deps: ProxyDeps): PoolDeps {
  const { network, station } = deps;
  const { tcpIdleTimeout } = config.connections;
  return {
    ...http,
    options: { ...http.options, protocol: "tcp", maxConcurrentStreams: 1, idleTimeout: tcpIdleTimeout },
    connect: (owner, { address }) => {
      const user = (owner.pool as TcpPool).newestUser!;
      const connection = network.connect(owner, user.protocol, station, address);
      connection.cause = user.request;
      connection.hello = tls === null ? user.passedHello : config.hello;
      if (tls !== null) connection.startTls(tls, ANY_TLS);
      return connection;
    },
  };
}

/** Makes the calls of network filters on one worker; a connection that nobody knows a request of has chance of its own. */
export function connectionCaller(deps: ProxyDeps, worker: Worker, rqTotal: Counter): GateDeps["callService"] {
  const client = new AsyncClient(deps, worker, DEFAULT_ROUTER_OPTIONS, rqTotal);
  return (connection, call, receiver) => {
    const { number, cause } = connection;
    const request = cause ?? new Request(0, number, deps.simulator.now, number, deps.station.number);
    return callService(client, { request, visit: 0, number: 0 }, call, receiver);
  };
}
