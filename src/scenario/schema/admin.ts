import { didYouMean } from "../../decode/nearest.ts";
import type { AdminSpec } from "../scenario.ts";
import { type Flaw, flaw, type Read } from "./flaw.ts";
import { readText } from "./leaf.ts";

const PATHS = ["/healthcheck/fail", "/healthcheck/ok", "/drain_listeners"];
/** Of `/drain_listeners`. */
const PARAMETERS = ["graceful", "inboundonly", "skip_exit"];
/** What else an operator may ask of Envoy that changes something. */
const OTHERS = ["/quitquitquit", "/reset_counters", "/runtime_modify"];

/** What an operator posts to Envoy's admin interface. */
export function adminSchema() {
  return readText("an admin path such as /drain_listeners?graceful", readAdmin);
}

function readAdmin(text: string): Read<AdminSpec> {
  const [path, query, ...rest] = text.split("?");
  const found = rest.length > 0 ? undefined : PATHS.find((each) => each === path);
  if (found === undefined) return unknownPath(path!);
  const parameters = query === undefined ? [] : query.split("&");
  let start = found.length + 1;
  for (const parameter of parameters) {
    const wrong = checkParameter(found, parameter);
    if (wrong !== undefined) return { ...wrong, start, end: start + parameter.length };
    start += parameter.length + 1;
  }
  return { ok: true, value: { path: text, request: requestOf(found, parameters) } };
}

function unknownPath(path: string): Flaw {
  const remedy = `known paths: ${PATHS.join(", ")}`;
  const at = { remedy, start: 0, end: path.length };
  if (OTHERS.includes(path)) return flaw("not-supported", `not simulated yet: posting ${path}`, at);
  return flaw("wrong-value", `there is no admin path "${path}"${didYouMean(path, PATHS)}`, at);
}

function checkParameter(path: string, parameter: string): Flaw | undefined {
  const [name, value] = parameter.split("=");
  if (path !== "/drain_listeners")
    return flaw("wrong-value", `${path} takes no parameters`, { remedy: `write ${path}` });
  if (!PARAMETERS.includes(name!)) {
    const message = `${path} has no parameter "${name}"${didYouMean(name!, PARAMETERS)}`;
    return flaw("wrong-value", message, { remedy: `known parameters: ${PARAMETERS.join(", ")}` });
  }
  if (value === undefined) return undefined;
  const message = `"${name}" takes no value: Envoy looks only whether it is there`;
  return flaw("wrong-value", message, { remedy: `write ${name}, or leave it out` });
}

function requestOf(path: string, parameters: readonly string[]): AdminSpec["request"] {
  if (path !== "/drain_listeners") return { kind: "healthcheck", fails: path === "/healthcheck/fail" };
  return {
    kind: "drain_listeners",
    graceful: parameters.includes("graceful"),
    inboundOnly: parameters.includes("inboundonly"),
    skipExit: parameters.includes("skip_exit"),
  };
}
