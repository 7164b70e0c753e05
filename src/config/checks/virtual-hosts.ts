import type { JsonObject } from "../../decode/message.ts";
import { items, text } from "../json-access.ts";
import type { Checks, Context } from "./context.ts";

/** Source: source/common/router/config_impl.cc (RouteMatcher) of Envoy 1.40. */
export const virtualHostChecks: Checks = {
  "envoy.config.route.v3.RouteConfiguration": checkDomains,
};

/** A domain belongs to one virtual host; letter case does not count. */
function checkDomains(table: JsonObject, path: string, { report }: Context): void {
  const owners = new Map<string, string>();
  for (const [host, hostPath] of items(table, path, "virtual_hosts")) {
    const domains = (host.domains as string[] | undefined) ?? [];
    for (const [index, domain] of domains.entries()) {
      const key = domain.toLowerCase();
      const owner = owners.get(key);
      owners.set(key, text(host, "name"));
      if (owner === undefined) continue;
      const table_ = text(table, "name") === "" ? "its table" : `the table "${text(table, "name")}"`;
      const message =
        domain === "*"
          ? `${table_} has two virtual hosts for "*"`
          : `the domain "${domain}" is already that of the virtual host "${owner}"`;
      report.error(
        "duplicate-domain",
        `${hostPath}.domains[${index}]`,
        message,
        "every domain may stand once in a route table",
      );
    }
  }
}
