import { headerValues, type RequestHead } from "../../http/request-head.ts";
import { parseUnsigned } from "./request-headers.ts";
import { parseRetryGrpcOn, parseRetryOn } from "./retry-on.ts";

const isInteger = (text: string): boolean => parseUnsigned(text, 2 ** 64) !== undefined;

/** In the order in which Envoy looks at them (1.40, Filter::checkStrictHeaders). */
const CHECKS: readonly (readonly [name: string, isWellFormed: (text: string) => boolean])[] = [
  ["x-envoy-upstream-rq-timeout-ms", isInteger],
  ["x-envoy-upstream-rq-per-try-timeout-ms", isInteger],
  ["x-envoy-max-retries", isInteger],
  ["x-envoy-retry-on", (text) => parseRetryOn(text).valid],
  ["x-envoy-retry-grpc-on", (text) => parseRetryGrpcOn(text).valid],
];

/** The first of the headers to be checked that cannot be understood; undefined: there is none. */
export function malformedHeader(
  checked: readonly string[],
  head: RequestHead,
): readonly [name: string, value: string] | undefined {
  for (const [name, isWellFormed] of CHECKS) {
    if (!checked.includes(name)) continue;
    const values = headerValues(head, name);
    if (values.length > 0 && !isWellFormed(values[0]!)) return [name, values[0]!];
  }
  return undefined;
}
