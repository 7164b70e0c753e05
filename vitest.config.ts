import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    // No test asserts a duration; a property or a theory test may take its time on a slow machine.
    testTimeout: 120_000,
    // By default a core is left free, which on two of them doubles the time.
    maxWorkers: "100%",
  },
});
