import type { LoadBalancer, LoadBalancingPolicy, MakeLoadBalancer } from "../policy.ts";

/** The cluster chooses: its type, such as ORIGINAL_DST, provides the hosts. Takes no draws. */
const makeClusterProvided: MakeLoadBalancer = ({ hostProvider }): LoadBalancer => ({
  chooseHost: (context) => hostProvider?.hostFor(context) ?? null,
  update: () => {},
  get whyNoHost() {
    return hostProvider?.whyNoHost;
  },
});

export const clusterProvided: LoadBalancingPolicy = {
  name: "envoy.load_balancing_policies.cluster_provided",
  typeName: "envoy.extensions.load_balancing_policies.cluster_provided.v3.ClusterProvided",
  about: {
    summary: "whatever the cluster's type says, such as the original destination",
    draws: "none",
    looksAt: [],
  },
  configure: () => makeClusterProvided,
  legacy: { lbPolicy: "CLUSTER_PROVIDED", configure: () => makeClusterProvided },
};
