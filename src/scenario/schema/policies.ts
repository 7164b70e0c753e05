import { z } from "zod";
import type { PolicySpec } from "../scenario.ts";
import { flaw, type Read } from "./flaw.ts";
import { count, duration, object, positiveDuration, readText, share } from "./leaf.ts";
import { oneOf } from "./one-of.ts";

/** The options of each policy that Envoy does not have; their names are those of the policies' own table. */
const shapes = {
  peak_ewma: object({ decay: positiveDuration().optional(), default_rtt: duration().optional() }),
  aperture: object({ min_aperture: count(1).optional() }),
  rendezvous: object({}),
  prequal: object({
    probes: count(1).optional(),
    pool: count(2).optional(),
    max_age: positiveDuration().optional(),
    hot_quantile: share().optional(),
    removals: count(0).optional(),
  }),
};

type PolicyName = keyof typeof shapes;

export const policyNames = Object.keys(shapes) as PolicyName[];

type Choice = Pick<PolicySpec, "policy" | "options">;

/** By cluster: the name of a policy, or a mapping from its name to its options. */
export function policiesSchema() {
  return z
    .record(z.string(), z.union([byName(), withOptions()]))
    .default({})
    .transform((record): PolicySpec[] =>
      Object.entries(record).map(([cluster, choice]) => ({ cluster, ...choice })),
    );
}

function byName() {
  return readText("the name of a policy", (name): Read<Choice> => {
    if ((policyNames as string[]).includes(name)) return { ok: true, value: { policy: name, options: {} } };
    const remedy = `known: ${policyNames.join(", ")}; Envoy's own are chosen in its configuration`;
    return flaw("dangling-name", `there is no policy "${name}" to compare with`, { remedy });
  });
}

function withOptions() {
  const { peak_ewma, aperture, rendezvous, prequal } = shapes;
  const mapping = object({
    peak_ewma: peak_ewma.optional(),
    aperture: aperture.optional(),
    rendezvous: rendezvous.optional(),
    prequal: prequal.optional(),
  });
  return oneOf(mapping, policyNames, "a policy").transform((value): Choice => {
    const policy = policyNames.find((name) => value[name] !== undefined)!;
    const given = Object.entries(value[policy]!).filter(([, option]) => option !== undefined);
    return { policy, options: Object.fromEntries(given) as Record<string, number> };
  });
}
