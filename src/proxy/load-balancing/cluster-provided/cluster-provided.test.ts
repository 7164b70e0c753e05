import { expect, test } from "vitest";
import { configured, depsOf, FIRST_ATTEMPT } from "../../../../test/support/balancer.ts";
import { TestPrioritySet, testHost } from "../../../../test/support/hosts.ts";
import { scripted64 } from "../../../../test/support/scripted64.ts";
import { clusterProvided } from "./config.ts";

test("the cluster chooses, without a draw; one that provides nothing has no host", () => {
  const host = testHost(0);
  const deps = depsOf(new TestPrioritySet([]), scripted64([]));
  expect(configured(clusterProvided)(deps).chooseHost(FIRST_ATTEMPT)).toBeNull();
  const provided = configured(clusterProvided)({ ...deps, hostProvider: { hostFor: () => host } });
  expect(provided.chooseHost(FIRST_ATTEMPT)).toBe(host);
});
