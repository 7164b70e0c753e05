// Compares meshsim with the real Envoy on new random cases: npm run conformance -- --help
// test/conformance/ has the code; Node 20 does not read TypeScript, so its types are removed on the way in.
import { register } from "node:module";

register("./strip-types.mjs", import.meta.url);
// Leaving takes the Envoy along that is running.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
const { conformance } = await import("../test/conformance/conformance.ts");
process.exitCode = await conformance(process.argv.slice(2), process.env, (line) => console.log(line));
