import { describe, expect, test } from "vitest";
import { contextOf } from "../../../../test/support/balancer.ts";
import { headOf } from "../../../../test/support/heads.ts";
import { testHost } from "../../../../test/support/hosts.ts";
import { Counter } from "../../../telemetry/stats.ts";
import type { Host } from "../../cluster/host.ts";
import type { LazyHosts } from "../../cluster/lazy-hosts.ts";
import { isNumericAddress, splitAuthority } from "./numeric-address.ts";
import { type DestinationOverrides, OriginalDestination } from "./original-destination.ts";

class TestHosts implements LazyHosts {
  readonly byKey = new Map<string, Host>();

  get count(): number {
    return this.byKey.size;
  }

  find(key: string): Host | undefined {
    return this.byKey.get(key);
  }

  add(key: string, address: string): Host {
    const host = testHost(this.count, { address });
    this.byKey.set(key, host);
    return host;
  }
}

function make(overrides: Partial<DestinationOverrides> = {}) {
  const hosts = new TestHosts();
  const invalid = new Counter();
  const options = { header: null, metadataKey: null, port: null, ...overrides };
  return { hosts, invalid, provider: new OriginalDestination(options, hosts, invalid) };
}

const HEADER = "x-envoy-original-dst-host";
const withHeader = (...values: string[]) =>
  contextOf({
    head: headOf({ headers: values.map((value) => [HEADER, value] as const) }),
    originalDestination: "10.0.0.1:80",
  });

describe("an original destination cluster", () => {
  test("sends to the destination of the connection, one host for each", () => {
    const { provider, hosts } = make();
    const context = contextOf({ originalDestination: "10.0.0.1:80" });
    const host = provider.hostFor(context);
    expect(host!.address).toBe("10.0.0.1:80");
    expect(provider.hostFor(context)).toBe(host);
    expect(hosts.count).toBe(1);
    expect(provider.hostFor(contextOf())).toBeNull();
  });

  test("believes the first value of the header, if it is configured", () => {
    expect(make().provider.hostFor(withHeader("10.0.0.2:81"))!.address).toBe("10.0.0.1:80");
    const { provider } = make({ header: HEADER });
    expect(provider.hostFor(withHeader("10.0.0.2:81", "10.0.0.3:81"))!.address).toBe("10.0.0.2:81");
  });

  test("counts a header that is no address with port and takes the destination", () => {
    const { provider, invalid } = make({ header: HEADER });
    for (const value of ["name:80", "10.0.0.2", "10.0.0.256:80", "10.0.0.2:65536", ""])
      expect(provider.hostFor(withHeader(value))!.address).toBe("10.0.0.1:80");
    expect(invalid.value).toBe(5);
  });

  test("prefers metadata, of which a list gives its first element", () => {
    const { provider } = make({ header: HEADER, metadataKey: ["ns", "to"] });
    const to = (value: string | readonly string[]) => ({
      ...withHeader("10.0.0.2:81"),
      dynamicMetadata: { ns: { to: value } },
    });
    expect(provider.hostFor(to("10.0.0.9:1"))!.address).toBe("10.0.0.9:1");
    expect(provider.hostFor(to(["10.0.0.8:1", "10.0.0.7:1"]))!.address).toBe("10.0.0.8:1");
  });

  test("replaces the port wherever the address is from", () => {
    const { provider } = make({ header: HEADER, port: 9000 });
    expect(provider.hostFor(withHeader("10.0.0.2:81"))!.address).toBe("10.0.0.2:9000");
    expect(provider.hostFor(contextOf({ originalDestination: "[fc00::1]:80" }))!.address).toBe(
      "[fc00::1]:9000",
    );
  });
});

test("an authority is a host and perhaps a port", () => {
  expect(splitAuthority("shop.example:8080")).toEqual({ host: "shop.example", port: 8080 });
  expect(splitAuthority("[fc00::1]")).toEqual({ host: "[fc00::1]", port: undefined });
  expect(splitAuthority("shop.example")).toEqual({ host: "shop.example", port: undefined });
  expect(isNumericAddress("[fc00::1]:80")).toBe(true);
});
