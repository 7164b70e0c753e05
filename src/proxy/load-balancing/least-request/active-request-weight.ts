import pow from "@stdlib/math-base-special-pow";
import type { Host } from "../../cluster/host.ts";
import type { WeightOf } from "../shared/edf-scheduler.ts";

/** weight / (active requests + 1)^bias; without a power where the bias needs none, as in Envoy. */
export function activeRequestWeight(bias: number): WeightOf<Host> {
  if (bias === 0) return (host) => host.weight;
  if (bias === 1) return (host) => host.weight / (host.activeRequests + 1);
  return (host) => host.weight / pow(host.activeRequests + 1, bias);
}
