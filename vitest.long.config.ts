import { defineConfig } from "vitest/config";

/** Tests that start the program hundreds of times, beside those of vitest.config.ts. */
export default defineConfig({
  test: { include: ["test/**/*.long.ts"], testTimeout: 120_000, maxWorkers: "100%" },
});
