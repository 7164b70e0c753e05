import { Constant } from "./constant.ts";
import type { Distribution, DistributionSpec } from "./distribution.ts";
import { empirical } from "./empirical.ts";
import { erlang } from "./erlang.ts";
import { exponential } from "./exponential.ts";
import { gamma } from "./gamma.ts";
import { lognormal, lognormalWithP99 } from "./lognormal.ts";
import { mixture } from "./mixture.ts";
import { normal } from "./normal.ts";
import { pareto } from "./pareto.ts";
import { uniform } from "./uniform.ts";
import { weibull } from "./weibull.ts";

type Kind = DistributionSpec["kind"];
type SpecOf<K extends Kind> = Extract<DistributionSpec, { kind: K }>;

const MAKERS: { readonly [K in Kind]: (spec: SpecOf<K>) => Distribution } = {
  constant: ({ value }) => new Constant(value),
  uniform: ({ min, max }) => uniform(min, max),
  exponential: ({ mean }) => exponential(mean),
  lognormal: (spec) =>
    "p99" in spec ? lognormalWithP99(spec.median, spec.p99) : lognormal(spec.median, spec.sigma),
  normal: ({ mean, stdev }) => normal(mean, stdev),
  pareto: ({ min, alpha }) => pareto(min, alpha),
  weibull: ({ scale, shape }) => weibull(scale, shape),
  gamma: ({ mean, shape }) => gamma(mean, shape),
  erlang: ({ mean, k }) => erlang(mean, k),
  mixture: ({ parts }) => mixture(parts.map(({ weight, of }) => ({ weight, of: makeDistribution(of) }))),
  empirical: ({ values }) => empirical(values),
};

/** The distribution that `spec` describes; throws a RangeError that names the parameter when one is out of range. */
export function makeDistribution(spec: DistributionSpec): Distribution {
  const make = MAKERS[spec.kind] as (spec: DistributionSpec) => Distribution;
  return make(spec);
}
