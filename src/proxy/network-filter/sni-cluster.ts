import type { NetworkFilterKind } from "./network-filter.ts";

/** Sends a connection to the cluster that is called like its server name (Envoy 1.40, .../network/sni_cluster). */
export const sniCluster: NetworkFilterKind = {
  type: "envoy.extensions.filters.network.sni_cluster.v3.SniCluster",
  read(config) {
    // It has no fields: asking for its type says that it is simulated.
    config.string("@type");
    return () => (connection) => ({
      onNewConnection() {
        if (connection.serverName !== "") connection.useCluster(connection.serverName);
        return "continue";
      },
      onClosed() {},
    });
  },
};
