import type { JsonObject } from "../../decode/message.ts";
import { items, text } from "../json-access.ts";
import type { Report } from "../report.ts";
import { walkMessages } from "../walk-messages.ts";
import { bootstrapPartChecks } from "./bootstrap-parts.ts";
import { clusterChecks } from "./clusters.ts";
import { configSourceChecks } from "./config-sources.ts";
import type { Checks, Context } from "./context.ts";
import { endpointChecks } from "./endpoints.ts";
import { extensionChecks } from "./extensions.ts";
import { filterChecks } from "./filters.ts";
import { headerChecks } from "./headers.ts";
import { healthCheckChecks } from "./health-checks.ts";
import { connectionManagerChecks } from "./http-connection-manager.ts";
import { checkListeners, listenerChecks } from "./listeners.ts";
import { loadBalancingChecks } from "./load-balancing.ts";
import { logFormatChecks } from "./log-formats.ts";
import { matcherTreeChecks } from "./matcher-trees.ts";
import { matcherChecks } from "./matchers.ts";
import { overloadChecks } from "./overload.ts";
import { providedClusterChecks } from "./provided-clusters.ts";
import { checkClusterNames, checkNode } from "./references.ts";
import { routeChecks } from "./routes.ts";
import { tcpProxyChecks } from "./tcp-proxy.ts";
import { tlsSecretChecks } from "./tls-secrets.ts";
import { tracerChecks } from "./tracers.ts";
import { uriTemplateChecks } from "./uri-templates.ts";
import { virtualHostChecks } from "./virtual-hosts.ts";

const TABLES: readonly Checks[] = [
  bootstrapPartChecks,
  clusterChecks,
  configSourceChecks,
  connectionManagerChecks,
  endpointChecks,
  extensionChecks,
  filterChecks,
  headerChecks,
  healthCheckChecks,
  listenerChecks,
  loadBalancingChecks,
  logFormatChecks,
  overloadChecks,
  providedClusterChecks,
  matcherChecks,
  matcherTreeChecks,
  routeChecks,
  tcpProxyChecks,
  tlsSecretChecks,
  tracerChecks,
  uriTemplateChecks,
  virtualHostChecks,
];

/** Durations are held in 64-bit nanoseconds: source/common/protobuf/utility.cc of Envoy 1.40. */
const MOST_SECONDS = 9_223_372_035;

/**
 * What Envoy checks when it builds its parts and no rule of the definitions carries: names that must exist,
 * values that must fit together. `skip` tells which messages were damaged when they were read.
 */
export function checkSemantics(bootstrap: JsonObject, report: Report, skip: (path: string) => boolean): void {
  const clusters = items(bootstrap.static_resources, "static_resources", "clusters");
  const context: Context = {
    report,
    bootstrap,
    clusters: new Map(clusters.map(([cluster]) => [text(cluster, "name"), cluster])),
    clustersAreKnown:
      !skip("static_resources") && clusters.every(([cluster]) => text(cluster, "name") !== ""),
  };
  checkClusterNames(context);
  checkNode(context);
  checkListeners(context);
  walkMessages(bootstrap, "envoy.config.bootstrap.v3.Bootstrap", "", {
    message(message, type, path) {
      if (skip(path)) return;
      for (const table of TABLES) table[type.name]?.(message, path, context);
    },
    duration(value, path) {
      const name = path.split(".").at(-1);
      if (value.startsWith("-"))
        report.error("out-of-range", path, `${name} must not be negative, not ${value}`);
      else if (Number.parseInt(value, 10) > MOST_SECONDS)
        report.error("out-of-range", path, `${name} must be at most ${MOST_SECONDS}s, not ${value}`);
    },
  });
}
