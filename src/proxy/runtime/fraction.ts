import type { Json, Message } from "../../decode/message.ts";
import type { Runtime } from "./runtime.ts";

/** A share of requests: those for which the stream id modulo the denominator is below the numerator. */
export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

const DENOMINATORS: Readonly<Record<string, number>> = {
  HUNDRED: 100,
  TEN_THOUSAND: 10_000,
  MILLION: 1_000_000,
};

/** What a `type.v3.FractionalPercent.DenominatorType` stands for; hundred where there is no such name. */
export function denominatorOf(name: string): number {
  return DENOMINATORS[name] ?? 100;
}

/**
 * Reads a `core.v3.RuntimeFractionalPercent`: the runtime's value if there is one, a fraction or a whole
 * percent, otherwise the default (Envoy 1.40, source/common/runtime/runtime_impl.cc).
 */
export function readRuntimeFraction(percent: Message, runtime: Runtime): Fraction {
  return (
    fractionOf(runtime.get(percent.string("runtime_key"))) ?? readFraction(percent.message("default_value"))
  );
}

/** A `type.v3.FractionalPercent`. */
export function readFraction(percent: Message | undefined): Fraction {
  return {
    numerator: percent?.number("numerator", 0) ?? 0,
    denominator: denominatorOf(percent?.enum("denominator", "HUNDRED") ?? "HUNDRED"),
  };
}

/** What a runtime value says of a share; undefined: nothing. */
export function fractionOf(value: Json | undefined): Fraction | undefined {
  if (typeof value === "number") return { numerator: value, denominator: 100 };
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { numerator, denominator } = value as { numerator?: number; denominator?: string };
  return { numerator: numerator ?? 0, denominator: denominatorOf(denominator ?? "HUNDRED") };
}

/** Whether a drawn number belongs to the share; a numerator above the denominator takes in every number. */
export function isInFraction(
  { numerator, denominator }: Fraction,
  drawn: { mod(n: number, decides?: string): number },
  decides?: string,
): boolean {
  return drawn.mod(denominator, decides) < numerator;
}
