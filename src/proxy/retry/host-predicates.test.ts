import { describe, expect, test } from "vitest";
import { testHost } from "../../../test/support/hosts.ts";
import { messageOf } from "../../../test/support/message.ts";
import type { JsonObject } from "../../decode/message.ts";
import type { Host } from "../cluster/host.ts";
import { isRejected, readHostPredicates } from "./host-predicates.ts";

function predicates(...types: [type: string, options?: JsonObject][]) {
  const retry_host_predicate = types.map(([type, options = {}]) => ({
    name: type,
    typed_config: { "@type": `type.googleapis.com/envoy.extensions.retry.host.${type}`, ...options },
  }));
  return readHostPredicates(messageOf({ retry_host_predicate }));
}

const hosts = [{ canary: true }, { v: "1", tags: ["a", "b"] }, { v: "1" }].map((metadata, i) =>
  testHost(i, { metadata }),
);
const rejected = (list: ReturnType<typeof predicates>, attempted: Host[] = []) =>
  hosts.map((host) => isRejected(list, host, attempted));

describe("retries avoid", () => {
  test("hosts tried before", () => {
    const list = predicates(["previous_hosts.v3.PreviousHostsPredicate"]);
    expect(rejected(list, [hosts[1]!])).toEqual([false, true, false]);
  });

  test("canaries", () => {
    expect(rejected(predicates(["omit_canary_hosts.v3.OmitCanaryHostsPredicate"]))).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("hosts with all of some metadata, of which a list may hold one", () => {
    const omit = (values: JsonObject) =>
      rejected(
        predicates([
          "omit_host_metadata.v3.OmitHostMetadataConfig",
          { metadata_match: { filter_metadata: { "envoy.lb": values } } },
        ]),
      );
    expect(omit({ v: "1" })).toEqual([false, true, true]);
    expect(omit({ v: "1", tags: "b" })).toEqual([false, true, false]);
    expect(omit({})).toEqual([false, false, false]);
  });

  test("what any of several predicates rejects", () => {
    const list = predicates(
      ["previous_hosts.v3.PreviousHostsPredicate"],
      ["omit_canary_hosts.v3.OmitCanaryHostsPredicate"],
    );
    expect(rejected(list, [hosts[2]!])).toEqual([true, false, true]);
  });
});
