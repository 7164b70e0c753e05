import { scenarioJsonSchema } from "../scenario/schema/scenario-schema.ts";
import { ExitCode } from "./exit-code.ts";
import { print } from "./standard-output.ts";

/** `meshsim schema`: the JSON Schema of scenario files. */
export function schema(): ExitCode {
  print(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
  return ExitCode.fine;
}
