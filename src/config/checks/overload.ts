import type { JsonObject } from "../../decode/message.ts";
import { messageType } from "../descriptors.ts";
import { items, number, object, text } from "../json-access.ts";
import { shortName } from "../reading.ts";
import { anyType } from "../walk-messages.ts";
import type { Checks, Context } from "./context.ts";

const ACTION = "envoy.overload_actions.";
const REDUCE_TIMEOUTS = `${ACTION}reduce_timeouts`;
const RESET_STREAMS = `${ACTION}reset_high_memory_stream`;
const SHRINK_HEAP = `${ACTION}shrink_heap`;
const ACTIONS = [
  "stop_accepting_requests",
  "disable_http_keepalive",
  "stop_accepting_connections",
  "reject_incoming_connections",
  "reduce_timeouts",
  "reset_high_memory_stream",
  "shrink_heap",
  "close_idle_http_connections",
].map((name) => ACTION + name);
/** The only actions that are configured further, and by what. */
const CONFIG_TYPES: Readonly<Record<string, string>> = {
  [REDUCE_TIMEOUTS]: "envoy.config.overload.v3.ScaleTimersOverloadActionConfig",
  [SHRINK_HEAP]: "envoy.config.overload.v3.ShrinkHeapConfig",
};
const MONITORS = "envoy.extensions.resource_monitors.";
/** It counts connections as they come instead of being asked, and only it may have this name. */
const GLOBAL_CONNECTIONS = "envoy.resource_monitors.global_downstream_max_connections";
const CONNECTIONS_TYPE = `${MONITORS}downstream_connections.v3.DownstreamConnectionsConfig`;

/** Source: source/server/overload_manager_impl.cc of Envoy 1.40. */
export const overloadChecks: Checks = {
  "envoy.config.overload.v3.OverloadManager": (manager, path, context) => {
    const monitors = items(manager, path, "resource_monitors").map(([monitor]) => text(monitor, "name"));
    checkTwice(manager, path, "resource_monitors", "resource monitor", context);
    checkTwice(manager, path, "actions", "overload action", context);
    checkTwice(manager, path, "loadshed_points", "load shed point", context);
    for (const [action, where] of items(manager, path, "actions")) {
      checkTriggers(action, where, [...monitors, GLOBAL_CONNECTIONS], context);
      if (text(action, "name") === RESET_STREAMS && manager.buffer_factory_config === undefined)
        refuseWithoutAccounts(where, context);
    }
    for (const [point, where] of items(manager, path, "loadshed_points"))
      checkTriggers(
        point,
        where,
        monitors.filter((name) => name !== GLOBAL_CONNECTIONS),
        context,
      );
  },
  "envoy.config.overload.v3.ResourceMonitor": checkMonitor,
  "envoy.config.overload.v3.OverloadAction": checkAction,
  "envoy.config.overload.v3.ScaledTrigger": (trigger, path, { report }) => {
    const [from, to] = [
      number(trigger, "scaling_threshold") ?? 0,
      number(trigger, "saturation_threshold") ?? 0,
    ];
    if (from < to) return;
    const message = `scaling_threshold must be less than saturation_threshold, not ${from} and ${to}`;
    report.error("out-of-range", path, message, "for one fixed value, use threshold");
  },
  "envoy.config.overload.v3.ScaleTimersOverloadActionConfig": (config, path, { report }) => {
    const seen = new Set<string>();
    for (const [factor, where] of items(config, path, "timer_scale_factors")) {
      const timer = text(factor, "timer");
      if (seen.has(timer))
        report.error("duplicate", where, `the timer ${timer} stands twice`, "keep one of them");
      seen.add(timer);
    }
  },
  [`${MONITORS}fixed_heap.v3.FixedHeapConfig`]: (config, path, { report }) => {
    if ((number(config, "max_heap_size_bytes") ?? 0) > 0) return;
    report.error(
      "out-of-range",
      path,
      "max_heap_size_bytes must be greater than 0",
      "say how large the heap is",
    );
  },
};

function checkTwice(
  manager: JsonObject,
  path: string,
  field: string,
  what: string,
  { report }: Context,
): void {
  const seen = new Set<string>();
  for (const [each, where] of items(manager, path, field)) {
    const name = text(each, "name");
    if (seen.has(name)) report.error("duplicate-name", where, `there are two of the ${what} "${name}"`);
    seen.add(name);
  }
}

/** Each trigger names another resource, and one that is watched. */
function checkTriggers(owner: JsonObject, path: string, known: readonly string[], { report }: Context): void {
  const seen = new Set<string>();
  for (const [trigger, where] of items(owner, path, "triggers")) {
    const name = text(trigger, "name");
    const of = text(owner, "name");
    if (seen.has(name)) report.error("duplicate-name", where, `"${of}" has two triggers of "${name}"`);
    seen.add(name);
    if (known.includes(name)) continue;
    const message = `"${of}" is triggered by "${name}", which is not among the resource monitors`;
    report.error("missing-config", where, message, `known here: ${known.join(", ") || "none"}`);
  }
}

function checkMonitor(monitor: JsonObject, path: string, { report }: Context): void {
  const name = text(monitor, "name");
  const config = object(monitor, "typed_config");
  const type = config === undefined ? "" : anyType(config);
  if (type !== "" && messageType(type) === undefined) return;
  const isMonitor = type.startsWith(MONITORS);
  if (isMonitor && (name === GLOBAL_CONNECTIONS) === (type === CONNECTIONS_TYPE)) return;
  const message =
    type === ""
      ? `the resource monitor "${name}" has no typed_config`
      : `${shortName(type)} is not the configuration of a resource monitor named "${name}"`;
  const remedy = isMonitor
    ? `${shortName(CONNECTIONS_TYPE)} and the name ${GLOBAL_CONNECTIONS} go together`
    : `its "@type" should begin with ${MONITORS}`;
  report.error(type === "" ? "missing-config" : "unknown-extension", path, message, remedy);
}

function checkAction(action: JsonObject, path: string, { report }: Context): void {
  const name = text(action, "name");
  if (name === "") return;
  if (!ACTIONS.includes(name)) {
    const remedy = `the actions are ${ACTIONS.join(", ")}`;
    report.error("unknown-extension", path, `there is no overload action "${name}"`, remedy);
    return;
  }
  const config = object(action, "typed_config");
  const wanted = CONFIG_TYPES[name];
  if (config === undefined) {
    if (name !== REDUCE_TIMEOUTS) return;
    report.error("missing-config", path, `${name} needs a typed_config`, "it says which timers are reduced");
  } else if (wanted === undefined) {
    report.error(
      "not-possible-here",
      `${path}.typed_config`,
      `${name} takes no typed_config`,
      "leave it out",
    );
  } else if (anyType(config) !== wanted) {
    const message = `the typed_config of ${name} must be ${shortName(wanted)}, not ${shortName(anyType(config))}`;
    report.error("not-possible-here", `${path}.typed_config`, message);
  }
}

function refuseWithoutAccounts(path: string, { report }: Context): void {
  const remedy = "set minimum_account_to_track_power_of_two in it";
  report.error(
    "missing-config",
    path,
    `${RESET_STREAMS} needs the buffer_factory_config of overload_manager`,
    remedy,
  );
}
