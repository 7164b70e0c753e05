import { expect, test } from "vitest";
import { read, shown } from "./test-kit.suite.ts";

const HCM =
  "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
const type = (name: string): string => `type.googleapis.com/${name}`;

const dump = {
  configs: [
    {
      "@type": type("envoy.admin.v3.BootstrapConfigDump"),
      bootstrap: {
        node: { id: "n", cluster: "c", hidden_envoy_deprecated_build_version: "1" },
        dynamic_resources: { lds_config: { ads: {} }, cds_config: { ads: {} } },
        static_resources: { clusters: [{ name: "xds", connect_timeout: "1s" }] },
      },
    },
    {
      "@type": type("envoy.admin.v3.ClustersConfigDump"),
      static_clusters: [{ cluster: { "@type": type("envoy.config.cluster.v3.Cluster"), name: "xds" } }],
      dynamic_active_clusters: [
        {
          version_info: "1",
          cluster: {
            "@type": type("envoy.config.cluster.v3.Cluster"),
            name: "cart",
            type: "EDS",
            eds_cluster_config: { service_name: "cart-v1", eds_config: { ads: {} } },
          },
        },
      ],
    },
    {
      "@type": type("envoy.admin.v3.ListenersConfigDump"),
      dynamic_listeners: [
        {
          name: "web",
          active_state: {
            listener: {
              "@type": type("envoy.config.listener.v3.Listener"),
              name: "web",
              address: { socket_address: { address: "0.0.0.0", port_value: 80 } },
              filter_chains: [
                {
                  filters: [
                    {
                      name: "hcm",
                      typed_config: {
                        "@type": HCM,
                        stat_prefix: "s",
                        rds: { route_config_name: "table", config_source: { ads: {} } },
                      },
                    },
                  ],
                },
              ],
            },
          },
        },
      ],
    },
    {
      "@type": type("envoy.admin.v3.RoutesConfigDump"),
      dynamic_route_configs: [
        {
          route_config: {
            "@type": type("envoy.config.route.v3.RouteConfiguration"),
            name: "table",
            virtual_hosts: [
              {
                name: "all",
                domains: ["*"],
                routes: [{ match: { prefix: "/" }, route: { cluster: "gone" } }],
              },
            ],
          },
        },
      ],
    },
    {
      "@type": type("envoy.admin.v3.EndpointsConfigDump"),
      dynamic_endpoint_configs: [
        {
          endpoint_config: {
            "@type": type("envoy.config.endpoint.v3.ClusterLoadAssignment"),
            cluster_name: "cart-v1",
            endpoints: [
              {
                lb_endpoints: [
                  { endpoint: { address: { socket_address: { address: "10.0.0.1", port_value: 80 } } } },
                ],
              },
            ],
          },
        },
      ],
    },
  ],
};

test("a dump becomes the static bootstrap that it amounts to", () => {
  const { config, problems } = read(JSON.stringify(dump, null, 1), "dump.json");
  expect(problems.map(shown)).toEqual([]);
  const { endpoint_config } = dump.configs[4]!.dynamic_endpoint_configs![0]!;
  const { "@type": _assignment, ...assignment } = endpoint_config;
  const { "@type": _table, ...table } = dump.configs[3]!.dynamic_route_configs![0]!.route_config;
  const { "@type": _listener, ...listener } = dump.configs[2]!.dynamic_listeners![0]!.active_state.listener;
  const manager = { "@type": HCM, stat_prefix: "s", route_config: { ...table, validate_clusters: false } };
  expect(config.snapshot!.bootstrap).toEqual({
    node: { id: "n", cluster: "c" },
    dynamic_resources: {},
    static_resources: {
      listeners: [{ ...listener, filter_chains: [{ filters: [{ name: "hcm", typed_config: manager }] }] }],
      clusters: [
        { name: "xds", connect_timeout: "1s" },
        { name: "cart", type: "STATIC", load_assignment: assignment },
      ],
    },
  });
});

test("positions are those of the dump", () => {
  const text = JSON.stringify(dump, null, 1);
  const { config } = read(text, "dump.json");
  const line = text.slice(0, text.indexOf('"cart"')).split("\n").length;
  expect(config.locate("static_resources.clusters[1].name")).toMatchObject({ file: "dump.json", line });
});
