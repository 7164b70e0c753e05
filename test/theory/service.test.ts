import { describe, expect, it } from "vitest";
import { ask, envoy, run } from "../support/world.ts";

const one = { workers: 1, time: "10ms" };

describe("a host", () => {
  it("serves in 1 ms and without limit where nothing is said", () => {
    expect(ask({ services: { api: {} } }, [0, 0.1, 0.2]).map(({ ms }) => ms)).toEqual([1, 1, 1]);
  });

  it("serves as many at once as it has workers, the others in the order of arrival", () => {
    expect(ask({ services: { api: one } }, [0, 1, 2]).map(({ ms }) => ms)).toEqual([10, 19, 28]);
    expect(ask({ services: { api: { ...one, workers: 2 } } }, [0, 1, 2, 3]).map(({ ms }) => ms)).toEqual([
      10, 10, 18, 18,
    ]);
  });

  it("answers 503 at once when its queue is full", () => {
    const ended = ask({ services: { api: { ...one, queue: 1 } } }, [0, 1, 2, 9.5, 10.5]);
    expect(ended).toEqual([
      { status: "200", ms: 10 },
      { status: "200", ms: 19 },
      { status: "503", ms: 0 },
      { status: "503", ms: 0 },
      { status: "200", ms: 19.5 },
    ]);
  });

  it("takes nobody who must wait when its queue is 0", () => {
    const ended = ask({ services: { api: { ...one, queue: 0 } } }, [0, 9, 11]);
    expect(ended.map(({ status }) => status)).toEqual(["200", "503", "200"]);
  });

  it("takes the service time for an error, too, and the queue's 503 is not one of them", () => {
    const world = { services: { api: { ...one, errors: { 500: "100%" }, queue: 0 } } };
    expect(ask(world, [0, 5])).toEqual([
      { status: "500", ms: 10 },
      { status: "503", ms: 0 },
    ]);
  });

  it("serves a request that was given up, all the same", () => {
    const ended = ask({ services: { api: one } }, [0, 1, 2, 25], { client: { timeout: "12ms" } });
    expect(ended).toEqual([
      { status: "200", ms: 10 },
      { status: "timeout", ms: 12 },
      { status: "timeout", ms: 12 },
      // Until 30 ms it works for those who have gone.
      { status: "timeout", ms: 12 },
    ]);
    const { services } = run({
      duration: "100ms",
      services: { api: one },
      clients: { web: { to: "api", timeout: "5ms", arrivals: { constant: "20/s" } } },
    });
    expect(services[0]!.utilisation).toBe(0.2);
  });

  it("skips those that wait when their connection goes, with drop_abandoned", () => {
    const api = { ...one, drop_abandoned: true };
    const ended = ask({ services: { api } }, [0, 1, 2, 25], { client: { timeout: "12ms" } });
    // The second begins at 10 and is in service when it is given up at 13; the third is skipped at 14.
    expect(ended).toEqual([
      { status: "200", ms: 10 },
      { status: "timeout", ms: 12 },
      { status: "timeout", ms: 12 },
      { status: "200", ms: 10 },
    ]);
  });

  it("skips those that wait when it resets their connection itself, with drop_abandoned", () => {
    // Over one HTTP/2 connection: the first is in service, the second waits, the third is reset and takes all along.
    const world = {
      services: { api: { ...one, drop_abandoned: true } },
      faults: [{ at: "2ms", for: "1ms", service: "api", reset: "100%" }],
    };
    const ended = ask(world, [0, 1, 2.5, 5], { client: { protocol: "http2" } });
    expect(ended).toEqual([
      { status: "lost", ms: 2.5 },
      { status: "lost", ms: 1.5 },
      { status: "lost", ms: 0 },
      // The first is finished at 10 ms, the second skipped.
      { status: "200", ms: 15 },
    ]);
  });

  it("learns one latency later that a connection has gone", () => {
    const world = {
      services: { api: { ...one, drop_abandoned: true } },
      network: { links: [{ latency: "1ms" }] },
    };
    // Set up at 2 ms and 3 ms, arriving at 3 and 4; the second would begin at 13. Given up at 12.5, known at 13.5.
    const late = ask(world, [0, 1, 40], { client: { timeout: "11.5ms" } });
    expect(late.map(({ status }) => status)).toEqual(["timeout", "timeout", "timeout"]);
    const served = (timeout: string) =>
      run(
        {
          ...world,
          duration: "1s",
          clients: { web: { to: "api", timeout, arrivals: { trace: "trace.jsonl" } } },
        },
        {},
        { "trace.jsonl": '{"at_ms": 0}\n{"at_ms": 1}\n' },
      ).services[0]!.utilisation;
    expect(served("11.5ms")).toBe(0.02);
    expect(served("10.5ms")).toBe(0.01);
  });

  it("puts its answers in the order of a connection", () => {
    // Two workers, and one HTTP/2 connection: the answer that is ready first comes first.
    const world = { services: { api: { workers: 2, time: { mixture: [{ weight: 1, constant: "10ms" }] } } } };
    expect(ask(world, [0, 1], { client: { protocol: "http2" } }).map(({ ms }) => ms)).toEqual([10, 10]);
  });

  it("counts arrivals of counted requests whenever they arrive, and busy and waiting time within the window", () => {
    const { services } = run(
      {
        duration: "100ms",
        warmup: "50ms",
        services: { api: { workers: 1, time: "30ms" } },
        clients: { web: { to: "api", arrivals: { trace: "trace.jsonl" } } },
      },
      {},
      { "trace.jsonl": [40, 45, 90].map((at) => `{"at_ms": ${at}}`).join("\n") },
    );
    // Busy from 40 to 100 and on until 130; of [50, 100) all. One waits from 45 to 70, another from 90 to 100.
    expect(services[0]!.requests).toBe(1);
    expect(services[0]!.utilisation).toBe(1);
    expect(services[0]!.queueMean).toBeCloseTo((20 + 10) / 50, 12);
  });

  it("has no utilisation without a limit of workers", () => {
    const { services } = run({
      duration: "1s",
      services: { api: {} },
      clients: { web: { to: "api", arrivals: { constant: "10/s" } } },
    });
    expect(services[0]!.utilisation).toBeNull();
    expect(services[0]!.hosts[0]!.utilisation).toBeNull();
    expect(services[0]!.queueMean).toBe(0);
  });

  it("that nobody claims serves in 1 ms without limit", () => {
    const world = { proxies: { edge: { config: "edge.envoy.json" } } };
    const files = { "edge.envoy.json": envoy(["10.0.0.9:8080"]) };
    const ms = ask(world, [0, 0.5, 0.7], { client: { to: "edge" }, files }).map((ended) => ended.ms);
    expect(ms).toEqual([1, 1, 1]);
  });

  it("has the addresses of the contract", () => {
    const clients = { web: { to: "b", arrivals: { constant: "1/s" } } };
    const services = { none: {}, a: { replicas: 251 }, b: { replicas: 2, port: 9000 } };
    const result = run({ duration: "1s", services, clients });
    const addresses = result.services.map(({ hosts }) => hosts.map(({ address }) => address));
    expect(addresses[1]![0]).toBe("10.129.0.1:8080");
    expect(addresses[1]![249]).toBe("10.129.0.250:8080");
    expect(addresses[1]![250]).toBe("10.129.1.1:8080");
    expect(addresses[2]).toEqual(["10.130.0.1:9000", "10.130.0.2:9000"]);
  });
});
