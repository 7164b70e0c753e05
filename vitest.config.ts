import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    // No test asserts a duration; a property or a theory test may take its time on a slow machine.
    testTimeout: 120_000,
  },
});
