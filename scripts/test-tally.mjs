// Prints what vitest's JSON report says in one last line. node scripts/test-tally.mjs REPORT STATUS, where STATUS is
// vitest's exit status: a run that failed outside any test counts as one failure.
import { readFileSync } from "node:fs";

const [file, status] = process.argv.slice(2);

function read() {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(file, "utf8"));
    const unloaded = testResults.filter(
      (result) => result.status === "failed" && result.assertionResults.length === 0,
    );
    return { passed: numPassedTests, failed: numFailedTests + unloaded.length };
  } catch {
    return { passed: 0, failed: 0 };
  }
}

const { passed, failed } = read();
console.log(`${passed} passed, ${failed === 0 && status !== "0" ? 1 : failed} failed`);
