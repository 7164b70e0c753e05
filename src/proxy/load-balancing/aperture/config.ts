import type { ComparisonPolicy } from "../policy.ts";
import { ApertureBalancer } from "./aperture.ts";

/** Finagle's default of the number of hosts that one client uses at least. */
const MINIMUM = 12;

/** Finagle's deterministic aperture, with two choices by active requests inside of it. */
export const aperture: ComparisonPolicy = {
  name: "aperture",
  about: {
    summary: "the less busy of two hosts, drawn from this proxy's own part of the hosts",
    draws: "3",
    looksAt: ["health", "zones", "active requests"],
  },
  configure({ min_aperture = MINIMUM }) {
    return (deps) => new ApertureBalancer(deps, min_aperture);
  },
};
