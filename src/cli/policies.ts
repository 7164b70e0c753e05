import { formatPolicies } from "../report/policies.ts";
import { styleFor } from "./colour.ts";
import { ExitCode } from "./exit-code.ts";
import { print } from "./standard-output.ts";

/** `meshsim policies`: every load-balancing policy and how it is configured. */
export function policies({ color }: { readonly color?: boolean }): ExitCode {
  print(formatPolicies(styleFor("stdout", color)));
  return ExitCode.fine;
}
