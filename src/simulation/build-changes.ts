import { postAdminRequest } from "../change/admin-request.ts";
import type { Change } from "../change/change.ts";
import { wholeNanoseconds } from "../kernel/time.ts";
import type { Proxy } from "../proxy/proxy.ts";
import { makeDistribution } from "../random/distributions/table.ts";
import type { ChangeSpec } from "../scenario/scenario.ts";
import type { RunningProxy } from "./build-proxies.ts";
import type { WorldParts } from "./world-parts.ts";

/** Resolves the changes of a scenario to the replicas that they concern, each with its own delay. */
export function buildChanges(parts: WorldParts, proxies: readonly RunningProxy[]): Change[] {
  return parts.plan.scenario.changes.flatMap((spec, index) =>
    spec.proxies
      .flatMap((name) => proxies.filter((proxy) => proxy.name === name))
      .flatMap(({ replicas }) => replicas.slice(0, Math.ceil(spec.share * replicas.length)))
      .map((proxy) => adminChange(parts, spec, index, proxy)),
  );
}

function adminChange(
  { streams, simulator, recorder }: WorldParts,
  spec: ChangeSpec,
  index: number,
  proxy: Proxy,
): Change {
  const { station, replica } = proxy.deps;
  const delay = spec.delay && makeDistribution(spec.delay);
  // A stream for each change and replica, so that one more change shifts nobody's draw.
  const draw = () => streams.stream("change", `${station.of}/${replica}/${spec.name}`).uniform();
  return {
    at: spec.at + wholeNanoseconds(delay === undefined ? 0 : (delay.constant ?? delay.quantile(draw()))),
    apply: () => {
      if (postAdminRequest(proxy.drain!, spec.admin.request))
        recorder.changed(simulator.now, station.number, index);
    },
  };
}
