import { unmodelled } from "../config/account.ts";
import { applySettings } from "../config/apply-settings.ts";
import type { ReadConfig } from "../config/bootstrap.ts";
import { Message, ReadLog } from "../decode/message.ts";
import type { Problems } from "../decode/problem.ts";
import type { Setting } from "../decode/setting-path.ts";
import { type ProxyConfig, readProxyConfig } from "../proxy/proxy-config.ts";

/** A proxy of the scenario with its Envoy configuration compiled. */
export interface LoadedProxy {
  readonly name: string;
  readonly config: ProxyConfig;
}

/** Applies a variant's settings to a proxy's configuration and compiles it; undefined if that is impossible. */
export function loadProxy(
  name: string,
  read: ReadConfig,
  settings: readonly Setting[],
  problems: Problems,
): LoadedProxy | undefined {
  const applied = settings.length === 0 ? read : applySettings(read, settings, problems);
  if (applied.snapshot === undefined || problems.hasErrors) return undefined;
  const log = new ReadLog();
  const config = readProxyConfig(new Message(applied.snapshot.bootstrap, "", log));
  for (const problem of unmodelled(applied, log)) problems.add(problem);
  for (const { path, text } of config.notices) {
    problems.add({
      severity: "warning",
      code: "not-modelled",
      message: text,
      remedy: "",
      location: applied.locate(path),
      path,
    });
  }
  return { name, config };
}
