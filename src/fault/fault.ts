import type { Nanoseconds } from "../kernel/time.ts";
import type { Network, PathFilter } from "../network/network.ts";
import type { LinkEffect } from "../network/path.ts";
import type { Pressure } from "../proxy/overload/overload-manager.ts";
import type { Proxy } from "../proxy/proxy.ts";
import type { HostEffect } from "../service/host-effect.ts";
import type { Instance } from "../service/instance.ts";

/** A timed change of the world, resolved to what it hits. */
export interface Fault {
  readonly at: Nanoseconds;
  /** Infinity: it lasts. */
  readonly until: Nanoseconds;
  readonly parts: readonly FaultPart[];
}

/** Something that a fault does while it holds. */
export interface FaultPart {
  begin(): void;
  end(): void;
}

export function hostFault(instances: readonly Instance[], effect: HostEffect): FaultPart {
  return {
    begin: () => {
      for (const instance of instances) instance.addEffect(effect);
    },
    end: () => {
      for (const instance of instances) instance.removeEffect(effect);
    },
  };
}

export function linkFault(network: Network, matches: PathFilter, effect: LinkEffect): FaultPart {
  return {
    begin: () => network.addEffect(matches, effect),
    end: () => network.removeEffect(effect),
  };
}

export function proxyPressure(proxies: readonly Proxy[], pressure: Pressure): FaultPart {
  return {
    begin: () => {
      for (const { overload } of proxies) overload?.addPressure(pressure);
    },
    end: () => {
      for (const { overload } of proxies) overload?.removePressure(pressure);
    },
  };
}

export function proxyDown(proxies: readonly Proxy[]): FaultPart {
  return {
    begin: () => {
      for (const proxy of proxies) proxy.goDown();
    },
    end: () => {
      for (const proxy of proxies) proxy.comeUp();
    },
  };
}
