import fc from "fast-check";
import { expect, test } from "vitest";
import { testHost } from "../../../../test/support/hosts.ts";
import { HealthFlag } from "../../cluster/host.ts";
import { makeHostSet } from "../../cluster/priority-set.ts";
import { PriorityLoad, pickPriority } from "./priority-load.ts";

const flags = fc.constantFrom(
  0,
  HealthFlag.failedActiveHealthCheck,
  HealthFlag.degradedEdsHealth,
  HealthFlag.edsStatusDraining,
);
const hosts = fc
  .array(fc.record({ healthFlags: flags, weight: fc.integer({ min: 1, max: 9 }) }), { maxLength: 8 })
  .map((list) => list.map((settings, i) => testHost(i, settings)));
const clusters = fc.record({
  priorities: fc.array(hosts, { minLength: 1, maxLength: 4 }),
  weighted: fc.boolean(),
  threshold: fc.integer({ min: 2, max: 100 }),
});

test("loads always sum to 100, and every number finds a priority that has hosts to offer", () => {
  fc.assert(
    fc.property(clusters, ({ priorities, weighted, threshold }) => {
      const sets = priorities.map((list, p) => makeHostSet(p, list, 140, weighted));
      const load = new PriorityLoad(threshold);
      load.update(sets, 0);
      const loads = [...load.healthyLoad, ...load.degradedLoad];
      expect(loads.reduce((sum, percent) => sum + percent, 0)).toBe(100);
      for (let drawn = 0; drawn < 100; drawn++) {
        const picked = pickPriority(load.healthyLoad, load.degradedLoad, drawn);
        const priority = picked >= 0 ? picked : -1 - picked;
        const set = sets[priority]!;
        const candidates = load.panic[priority] ? set.hosts : picked >= 0 ? set.healthy : set.degraded;
        if (sets.some(({ hosts }) => hosts.length > 0)) expect(candidates.length).toBeGreaterThan(0);
      }
    }),
  );
});

test("an update of one priority gives what a fresh computation gives", () => {
  fc.assert(
    fc.property(clusters, hosts, ({ priorities, weighted, threshold }, replaced) => {
      const sets = priorities.map((list, p) => makeHostSet(p, list, 140, weighted));
      const load = new PriorityLoad(threshold);
      load.update(sets, 0);
      sets[sets.length - 1] = makeHostSet(sets.length - 1, replaced, 140, weighted);
      load.update(sets, sets.length - 1);
      const fresh = new PriorityLoad(threshold);
      fresh.update(sets, 0);
      // Loads that cannot be computed anew stay as they were, which panic then overrides.
      expect(load).toEqual(fresh);
    }),
  );
});
