import type { Message } from "../../decode/message.ts";
import { moduloU64, type U64 } from "../../hash/u64.ts";
import { xxHash64 } from "../../hash/xxhash64.ts";
import { isInRange, parseIp, readIpRange } from "../cluster/ip-range.ts";
import { isInFraction, readRuntimeFraction } from "../runtime/fraction.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { RouteProblems } from "./route-problems.ts";
import { compileStringMatcher } from "./string-matcher.ts";

/** Tests the value of an input that has one. */
export type InputTest = (value: string) => boolean;

const MATCHERS = "envoy.extensions.matching.input_matchers.";

/** Compiles `value_match` or `custom_match` of a single predicate (Envoy 1.40, source/extensions/matching/input_matchers). */
export function compileInputMatcher(
  predicate: Message,
  runtime: Runtime,
  problems: RouteProblems,
): InputTest {
  const valueMatch = predicate.message("value_match");
  if (valueMatch !== undefined) return compileStringMatcher(valueMatch, problems);
  const custom = predicate.message("custom_match")!;
  custom.string("name");
  const config = custom.message("typed_config");
  switch (config?.typeName) {
    case `${MATCHERS}ip.v3.Ip`:
      return inRanges(config);
    case `${MATCHERS}consistent_hashing.v3.ConsistentHashing`:
      return hashedAbove(config);
    case `${MATCHERS}runtime_fraction.v3.RuntimeFraction`:
      return inHashedFraction(config, runtime);
    default:
      return problems.conditionNotModelled(custom.path, `custom_match "${custom.string("name")}"`);
  }
}

function inRanges(config: Message): InputTest {
  config.string("stat_prefix");
  const ranges = config.messages("cidr_ranges").flatMap((range) => readIpRange(range) ?? []);
  return (value) => {
    const ip = parseIp(value);
    return ip !== undefined && ranges.some((range) => isInRange(ip, range));
  };
}

function hashedAbove(config: Message): InputTest {
  const threshold = config.number("threshold", 0);
  const modulo = config.number("modulo", 0);
  const seed = readSeed(config);
  return (value) => moduloU64(xxHash64(value, seed), modulo) >= threshold;
}

function inHashedFraction(config: Message, runtime: Runtime): InputTest {
  const fraction = readRuntimeFraction(config.message("runtime_fraction")!, runtime);
  const seed = readSeed(config);
  return (value) => {
    const hash = xxHash64(value, seed);
    return isInFraction(fraction, { mod: (n) => moduloU64(hash, n) });
  };
}

/** An unsigned 64-bit number, which proto3 JSON writes as a text. */
function readSeed(config: Message): U64 {
  const seed = BigInt((config.raw("seed") as string | number | undefined) ?? 0);
  return { high: Number(seed >> 32n), low: Number(seed & 0xffffffffn) };
}
