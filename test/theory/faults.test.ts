import { describe, expect, it } from "vitest";
import { ask, envoy, round, run, type World } from "../support/world.ts";

const one = { workers: 1, time: "10ms" };

/** A service with one worker, 10 ms of work and these faults on it. */
function hurt(...faults: World[]): World {
  return { services: { api: one }, faults: faults.map((fault) => ({ service: "api", ...fault })) };
}

const ms = (ended: readonly { ms: number }[]) => ended.map((each) => each.ms);
const statuses = (ended: readonly { status: string }[]) => ended.map((each) => each.status);

describe("slow", () => {
  it("multiplies remaining and later work while it holds", () => {
    // Half done at 105 ms: 5 ms left take 50. The second begins slow: 2 ms in 20, then 8.
    const world = hurt({ at: "105ms", for: "70ms", slow: 10 });
    expect(ms(ask(world, [100, 155, 300]))).toEqual([55, 28, 10]);
  });

  it("multiplies with other slow faults", () => {
    // The third has done 10/6 ms of its work when the second fault ends.
    const world = hurt({ at: "0s", slow: 2 }, { at: "100ms", for: "100ms", slow: 3 });
    expect(ms(ask(world, [50, 120, 190, 300]))).toEqual([20, 60, round(10 + (10 - 10 / 6) * 2), 20]);
  });

  it("may make faster", () => {
    expect(ms(ask(hurt({ at: "0s", slow: 0.5 }), [10]))).toEqual([5]);
  });
});

describe("time and errors", () => {
  it("replace the service's own, and the last wins", () => {
    const world = hurt({ at: "10ms", for: "30ms", time: "3ms" }, { at: "20ms", for: "10ms", time: "2ms" });
    expect(ms(ask(world, [0, 15, 25, 35, 45]))).toEqual([10, 3, 2, 3, 10]);
  });

  it("are drawn when service starts", () => {
    const world = hurt({ at: "5ms", for: "10ms", errors: { 503: "100%" } });
    // The first started before, the second within, the third after.
    expect(ask(world, [0, 1, 12])).toEqual([
      { status: "200", ms: 10 },
      { status: "503", ms: 19 },
      { status: "200", ms: 18 },
    ]);
  });

  it("errors replace, they do not add", () => {
    const world = {
      services: { api: { ...one, errors: { 500: "100%" } } },
      faults: [{ at: "50ms", for: "50ms", service: "api", errors: { 429: "100%" } }],
    };
    expect(statuses(ask(world, [0, 60, 120]))).toEqual(["500", "429", "500"]);
  });
});

describe("pause", () => {
  it("stops all work and resumes it", () => {
    const world = hurt({ at: "105ms", for: "100ms", pause: true });
    // 5 ms left at 205; the second arrived meanwhile, is served from 210.
    expect(ms(ask(world, [100, 150]))).toEqual([110, 70]);
  });

  it("answers nothing, not even that the queue is full", () => {
    const world = {
      services: { api: { ...one, queue: 0 } },
      faults: [{ at: "10ms", for: "90ms", service: "api", pause: true }],
    };
    expect(ask(world, [20, 30])).toEqual([
      { status: "200", ms: 90 },
      { status: "503", ms: 70 },
    ]);
  });
});

describe("hang", () => {
  it("never answers what arrives meanwhile, and what came before is served", () => {
    const world = { ...hurt({ at: "5ms", for: "50ms", hang: true }), drain: "1s", duration: "1s" };
    expect(ask(world, [0, 20, 60])).toEqual([
      { status: "200", ms: 10 },
      { status: "0", ms: 1980 },
      { status: "200", ms: 10 },
    ]);
  });

  it("lets connections be set up: only the client's timeout ends the wait", () => {
    const world = { ...hurt({ at: "0s", hang: true }), network: { links: [{ latency: "1ms" }] } };
    expect(ask(world, [10], { client: { timeout: "100ms" } })).toEqual([{ status: "timeout", ms: 100 }]);
  });

  it("takes no worker", () => {
    const world = hurt({ at: "0s", for: "10ms", hang: true });
    expect(ask(world, [5, 12], { client: { timeout: "50ms" } })[1]).toEqual({ status: "200", ms: 10 });
  });
});

describe("down", () => {
  const world = {
    ...hurt({ at: "105ms", for: "100ms", down: true }),
    network: { links: [{ latency: "1ms" }] },
  };

  it("resets connections, and the work is lost", () => {
    // In service at 105, the RST arrives at 106.
    expect(ask(world, [0, 100])[1]).toEqual({ status: "lost", ms: 6 });
  });

  it("refuses connections one round trip later", () => {
    expect(ask(world, [0, 150, 204.5])).toEqual([
      { status: "200", ms: 14 },
      { status: "lost", ms: 2 },
      // Its connection attempt arrives at 205.5, when the host is back.
      { status: "200", ms: 14 },
    ]);
  });

  it("loses what is under way to it", () => {
    // Sent at 104.5, when the host is already gone at its arrival.
    expect(ask(world, [0, 104.5])[1]).toEqual({ status: "lost", ms: 1.5 });
  });

  it("begins anew with free workers and an empty queue", () => {
    expect(ask(world, [100, 101, 102, 210])[3]).toEqual({ status: "200", ms: 14 });
  });

  it("of a proxy does the same", () => {
    const edge = {
      proxies: { edge: { config: "edge.envoy.json" } },
      services: { api: { cluster: "api", ...one } },
      faults: [{ at: "105ms", for: "100ms", proxy: "edge", down: true }],
      network: {
        links: [
          { from: "client:web", latency: "1ms" },
          { to: "client:web", latency: "1ms" },
        ],
      },
    };
    const files = { "edge.envoy.json": envoy(["10.0.0.1:8080"]) };
    expect(ask(edge, [0, 100, 150, 250], { client: { to: "edge" }, files })).toEqual([
      { status: "200", ms: 14 },
      { status: "lost", ms: 6 },
      { status: "lost", ms: 2 },
      { status: "200", ms: 14 },
    ]);
  });
});

describe("reset", () => {
  it("closes the connection at once, in place of service", () => {
    const world = { ...hurt({ at: "0s", reset: "100%" }), network: { links: [{ latency: "1ms" }] } };
    expect(ask(world, [0])).toEqual([{ status: "lost", ms: 4 }]);
  });

  it("takes no worker and no time", () => {
    const world = hurt({ at: "5ms", for: "3ms", reset: "100%" });
    expect(ask(world, [0, 6, 9])).toEqual([
      { status: "200", ms: 10 },
      { status: "lost", ms: 0 },
      { status: "200", ms: 11 },
    ]);
  });
});

describe("cut", () => {
  const links = { network: { links: [{ latency: "10ms" }] }, services: { api: {} } };
  const cut = (more: World) => ({ ...links, faults: [{ at: "100ms", for: "400ms", cut: true, ...more }] });

  it("drops silently, both ways", () => {
    const world = cut({ link: { from: "client:web", to: "service:api" } });
    // Requests leave at 150, 350, 750. The answer of the one sent at 85 leaves at 96, that of 90 at 101, 301, 701.
    expect(ms(ask(world, [0, 1, 85, 90, 150]))).toEqual([41, 41, 21, 621, 621]);
  });

  it("is one-way if asked", () => {
    const there = cut({ link: { from: "client:web", to: "service:api" }, oneway: true });
    expect(ms(ask(there, [0, 90, 150]))).toEqual([41, 21, 621]);
    const back = cut({ link: { from: "service:api", to: "client:web" }, oneway: true });
    // Answers leave at 101, 301, 701 and at 161, 361, 761.
    expect(ms(ask(back, [0, 1, 90, 150]))).toEqual([41, 41, 621, 621]);
  });

  it("leaves it to the client to give up", () => {
    const world = cut({ service: "api" });
    expect(ask(world, [0, 150], { client: { timeout: "300ms" } })[1]).toEqual({ status: "timeout", ms: 300 });
  });

  it("of some hosts cuts those alone", () => {
    const world = {
      services: { api: { replicas: 2 } },
      network: links.network,
      faults: [{ at: "0s", service: "api", hosts: 1, cut: true }],
    };
    const ended = ask(world, [0, 1], { client: { timeout: "500ms" } });
    expect(ended).toEqual([
      { status: "timeout", ms: 500 },
      { status: "200", ms: 41 },
    ]);
  });
});

describe("latency", () => {
  const links = { network: { links: [{ latency: "10ms" }] }, services: { api: {} } };
  const there = { link: { from: "client:web", to: "service:api" } };

  it("replaces the link's, in the direction that is named", () => {
    const world = { ...links, faults: [{ at: "100ms", for: "100ms", latency: "1ms", ...there }] };
    expect(ms(ask(world, [0, 150, 250]))).toEqual([41, 12, 21]);
  });

  it("is added in the direction that is named, several add up", () => {
    const faults = [
      { at: "100ms", for: "200ms", add_latency: "5ms", ...there },
      { at: "200ms", for: "100ms", add_latency: "2ms", ...there },
    ];
    expect(ms(ask({ ...links, faults }, [0, 150, 250, 350]))).toEqual([41, 26, 28, 21]);
  });

  it("replaced and added go together", () => {
    const faults = [
      { at: "100ms", add_latency: "5ms", ...there },
      { at: "100ms", latency: "1ms", ...there },
    ];
    expect(ms(ask({ ...links, faults }, [0, 150]))).toEqual([41, 17]);
  });

  it("of a service holds on the way to it and back, for the hosts that are named", () => {
    const faults = [{ at: "0s", service: "api", hosts: ["10.128.0.2:8080"], add_latency: "5ms" }];
    const world = { network: links.network, services: { api: { replicas: 2 } }, faults };
    expect(ms(ask(world, [0, 1]))).toEqual([41, 61]);
  });

  it("keeps the order of what is under way when it falls", () => {
    const faults = [{ at: "100ms", for: "51ms", latency: "50ms", ...there }];
    // Sent at 150 arriving at 200; sent at 155 with 10 ms, but not before 200 on the same connection.
    const ended = ask({ ...links, faults }, [0, 150, 155], { client: { protocol: "http2" } });
    expect(ms(ended)).toEqual([41, 61, 56]);
  });
});

describe("loss", () => {
  it("of a fault is that of the direction that is named", () => {
    const world = {
      services: { api: {} },
      faults: [{ at: "1ms", for: "99ms", link: { from: "client:web", to: "service:api" }, loss: "100%" }],
    };
    // The answer of the first leaves within the fault.
    expect(ms(ask(world, [0.5, 50]))).toEqual([1, 201]);
  });
});

describe("hosts of a fault", () => {
  const world = (hosts: unknown) => ({
    services: { api: { replicas: 4 } },
    faults: [{ at: "0s", service: "api", hosts, errors: { 500: "100%" } }],
  });
  const hit = (hosts: unknown) =>
    ask(world(hosts), [0.1, 0.2, 0.3, 0.4]).flatMap(({ status }, index) => (status === "500" ? [index] : []));

  it("are the first so many, a share rounded up, or addresses", () => {
    expect(hit(2)).toEqual([0, 1]);
    expect(hit("20%")).toEqual([0]);
    expect(hit("50%")).toEqual([0, 1]);
    expect(hit("51%")).toEqual([0, 1, 2]);
    expect(hit("100%")).toEqual([0, 1, 2, 3]);
    expect(hit(["10.128.0.4:8080", "10.128.0.2:8080"])).toEqual([1, 3]);
    expect(hit(undefined)).toEqual([0, 1, 2, 3]);
  });

  it("may not be more than there are", () => {
    expect(() => hit(5)).toThrow("4 hosts, not 5");
  });

  it("may be those of a zone", () => {
    const faults = [{ at: "0s", zone: "b", errors: { 500: "100%" } }];
    const services = { api: { replicas: 4, zone: ["a", "b"] } };
    expect(statuses(ask({ services, faults }, [0.1, 0.2, 0.3, 0.4]))).toEqual(["200", "500", "200", "500"]);
  });
});

describe("at equal times", () => {
  it("faults come before traffic, at their beginning and at their end", () => {
    const world = hurt({ at: "100ms", for: "100ms", errors: { 500: "100%" } });
    expect(statuses(ask(world, [89, 100, 189.999999, 200]))).toEqual(["200", "500", "500", "200"]);
  });

  it("a fault that ends when another begins does not overlap with it", () => {
    const world = hurt({ at: "100ms", for: "100ms", slow: 2 }, { at: "200ms", for: "100ms", slow: 3 });
    expect(ms(ask(world, [90, 150, 200, 310]))).toEqual([10, 20, 30, 10]);
  });
});

it("a proxy that goes down takes the copies of requests with it", () => {
  const bootstrap = JSON.parse(envoy(["10.0.0.1:8080"]));
  const [manager] = bootstrap.static_resources.listeners[0].filter_chains[0].filters;
  const [{ route }] = manager.typed_config.route_config.virtual_hosts[0].routes;
  Object.assign(route, { timeout: "0s", request_mirror_policies: [{ cluster: route.cluster }] });
  const { proxies, services } = run(
    {
      duration: "5s",
      drain: "0s",
      proxies: { edge: { config: "edge.envoy.json" } },
      services: { api: { cluster: "api", time: "60s" } },
      clients: { web: { to: "edge", arrivals: { trace: "trace.jsonl" } } },
      faults: [{ at: "1s", for: "1s", proxy: "edge", down: true }],
    },
    {},
    { "trace.jsonl": JSON.stringify({ at_ms: 500 }), "edge.envoy.json": JSON.stringify(bootstrap) },
  );
  const stats = new Map(proxies[0]!.stats);
  expect(services[0]!.requests).toBe(2);
  expect(stats.get("cluster.api.upstream_rq_total")).toBe(2);
  expect(stats.get("cluster.api.upstream_rq_active")).toBeUndefined();
  expect(stats.get("cluster.api.upstream_cx_active")).toBeUndefined();
});
