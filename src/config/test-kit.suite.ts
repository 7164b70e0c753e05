import type { Problem } from "../decode/problem.ts";
import { Problems } from "../decode/problem.ts";
import { SourceFile } from "../decode/source-file.ts";
import { type ReadConfig, readBootstrap } from "./bootstrap.ts";

/** What `check` prints of a problem, without the file. */
export function shown({ location, severity, code, message, remedy }: Problem): string {
  const tail = remedy === "" ? "" : `; ${remedy}`;
  return `${location.line}:${location.column}: ${severity}: ${code}: ${message}${tail}`;
}

export function read(text: string, name = "envoy.yaml"): { config: ReadConfig; problems: Problem[] } {
  const problems = new Problems();
  const config = readBootstrap(new SourceFile(name, text), problems);
  return { config, problems: problems.sorted() };
}

/** The problems of a text, as they are shown. */
export function problemsOf(text: string, name?: string): string[] {
  return read(text, name).problems.map(shown);
}

/** Line and column of the first `needle` after `after`. */
export function placeOf(text: string, needle: string, after = ""): string {
  const offset = text.indexOf(needle, text.indexOf(after) + after.length);
  const before = text.slice(0, offset).split("\n");
  return `${before.length}:${before.at(-1)!.length + 1}`;
}

/** A bootstrap with one cluster; `more` are further lines of it. */
export function withCluster(...more: string[]): string {
  return [
    "static_resources:",
    "  clusters:",
    "  - name: checkout",
    ...more.map((line) => `    ${line}`),
    "",
  ].join("\n");
}

/** A bootstrap with one listener, one route table (`routes` are lines of the virtual host) and the cluster `checkout`. */
export function withRoutes(...routes: string[]): string {
  return `static_resources:
  listeners:
  - name: web
    address: { socket_address: { address: 0.0.0.0, port_value: 8080 } }
    filter_chains:
    - filters:
      - name: hcm
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: web
          http_filters:
          - name: router
            typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
          route_config:
            virtual_hosts:
            - name: shop
              domains: ["*"]
${routes.map((line) => `              ${line}\n`).join("")}  clusters:
  - name: checkout
    connect_timeout: 1s
`;
}
