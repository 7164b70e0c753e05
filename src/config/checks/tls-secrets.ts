import type { JsonObject } from "../../decode/message.ts";
import { nearest } from "../../decode/nearest.ts";
import { items, object, text } from "../json-access.ts";
import type { Checks, Context } from "./context.ts";

/**
 * A secret that is asked for by name alone, without a source, is one of the bootstrap's own.
 * Source: source/common/tls/context_config_impl.cc of Envoy 1.40.
 */
export const tlsSecretChecks: Checks = {
  "envoy.config.bootstrap.v3.Bootstrap.StaticResources": (resources, path, context) =>
    checkSecretNames(items(resources, path, "secrets"), context),
  "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext": (upstream, path, context) =>
    checkOneCertificate(object(upstream, "common_tls_context"), `${path}.common_tls_context`, context),
  "envoy.extensions.transport_sockets.tls.v3.CommonTlsContext": (tls, path, context) => {
    // Certificates that are given leave the names unread.
    if (items(tls, path, "tls_certificates").length === 0) {
      for (const [secret, where] of items(tls, path, "tls_certificate_sds_secret_configs"))
        checkSecret(secret, where, "tls_certificate", context);
    }
    for (const fields of [[], ["combined_validation_context"]]) {
      const names = [...fields, "validation_context_sds_secret_config"];
      const secret = object(tls, ...names);
      if (secret !== undefined)
        checkSecret(secret, [path, ...names].join("."), "validation_context", context);
    }
  },
};

/** A client shows one certificate: source/common/tls/client_context_impl.cc. */
function checkOneCertificate(tls: JsonObject | undefined, path: string, { report }: Context): void {
  for (const field of ["tls_certificates", "tls_certificate_sds_secret_configs"]) {
    if (items(tls, path, field).length < 2) continue;
    const message = "towards hosts one certificate is possible, not several";
    report.error("too-many", `${path}.${field}`, message, "leave one");
  }
}

/** Names of static secrets are unique by kind: source/common/secret/secret_manager_impl.cc. */
function checkSecretNames(secrets: readonly (readonly [JsonObject, string])[], { report }: Context): void {
  const seen = new Set<string>();
  for (const [secret, where] of secrets) {
    const name = text(secret, "name");
    const kind = Object.keys(secret).find((field) => field !== "name") ?? "";
    if (seen.has(`${kind} ${name}`)) {
      const message = `there are two secrets named "${name}" with a ${kind}`;
      report.error("duplicate-name", `${where}.name`, message, "rename one of them");
    }
    seen.add(`${kind} ${name}`);
  }
}

function checkSecret(
  secret: JsonObject,
  path: string,
  kind: "tls_certificate" | "validation_context",
  { bootstrap, report }: Context,
): void {
  if (secret.sds_config !== undefined) return;
  const secrets = items(bootstrap.static_resources, "static_resources", "secrets");
  const names = secrets.filter(([one]) => one[kind] !== undefined).map(([one]) => text(one, "name"));
  const name = text(secret, "name");
  if (names.includes(name)) return;
  const near = nearest(name, names);
  const remedy =
    near === undefined ? "add it to static_resources.secrets, or give sds_config" : `did you mean "${near}"?`;
  report.error("unknown-secret", path, `there is no static secret "${name}" with a ${kind}`, remedy);
}
