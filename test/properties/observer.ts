import type { Request } from "../../src/http/request.ts";
import { ResetReason } from "../../src/http/reset-reason.ts";
import type { Nanoseconds } from "../../src/kernel/time.ts";
import type { AsyncClient } from "../../src/proxy/async-client.ts";
import type { ExchangeManager } from "../../src/proxy/exchange-manager.ts";
import type { Proxy } from "../../src/proxy/proxy.ts";
import type { ProxyCluster } from "../../src/proxy/proxy-cluster.ts";
import type { RoutedRequest } from "../../src/proxy/router.ts";
import type { RoutingPriority } from "../../src/proxy/routing/route-match.ts";
import type { Instance } from "../../src/service/instance.ts";
import type { World } from "../../src/simulation/world.ts";
import { auditClient, auditInstance, jobsAt } from "./audit-ends.ts";
import { auditProxy, type LiveRequests, managersOf } from "./audit-proxy.ts";
import type { Findings } from "./findings.ts";
import { clustersOf, inMs, inside } from "./inside.ts";
import { ConnectionWatch } from "./watch-connections.ts";
import { watchDownstream } from "./watch-downstream.ts";
import { MergeWindowWatch } from "./watch-merge-windows.ts";
import type { WorldParameters } from "./world-parameters.ts";

/** Some ten times as many as the busiest of these worlds has. */
const MAX_EVENTS = 1_000_000;

/** The result of an attempt whose connection broke, as the digest has it. */
const TERMINATED = 1000 + Object.values(ResetReason).indexOf(ResetReason.connectionTermination);

/** What the observer counted of one client, in its own way. */
export class ClientCounts {
  wanted = 0;
  wantedAfterWarmup = 0;
  /** Requests that went out on a connection. */
  sent = 0;
  /** Requests of a closed loop that have ended, and how often their users were told so. */
  endedForUsers = 0;
  usersFreed = 0;
  /** Attempts for requests wanted after the warm-up. */
  attempts = 0;
  /** By status or outcome, of requests wanted after the warm-up. */
  readonly statuses = new Map<number, number>();
}

/** What the observer counted of one proxy, over its replicas. */
export class ProxyCounts {
  arrived = 0;
  attemptsStarted = 0;
  attemptsEnded = 0;
  /** Attempts that a host answered. */
  answered = 0;
  /** Attempts whose connection broke. */
  terminated = 0;
  retriesGranted = 0;
  /** Requests that it has sent on itself where an answer had redirected them. */
  redirected = 0;
  /** Copies of requests that it has sent, and those of them that were answered or given up. */
  copies = 0;
  copiesEnded = 0;
}

/**
 * Watches a world from outside: counts by itself what goes through the doors between its parts, and after
 * each event holds everything that they count against everything that they have.
 */
export class Observer {
  readonly clients: ClientCounts[];
  readonly proxies: ProxyCounts[];
  /** Arrivals by host, of requests wanted after the warm-up and of all. */
  readonly arrivals = new Map<Instance, { counted: number; all: number }>();
  readonly connections: ConnectionWatch;
  private readonly mergeWindows: MergeWindowWatch;
  audits = 0;
  private readonly world: World;
  private readonly findings: Findings;
  private readonly leastLatency: Nanoseconds;
  private readonly live = new Map<Proxy, LiveRequests>();
  /** Copies of requests that have not ended. */
  private readonly copies = new Map<Proxy, LiveRequests>();
  private readonly open = new Set<Request>();
  private readonly seen = new Set<Request>();
  private lastNow = Number.NEGATIVE_INFINITY;

  /** `leastLatency`: no answer 200 can take less. */
  constructor(parameters: WorldParameters, world: World, findings: Findings, leastLatency: Nanoseconds) {
    this.world = world;
    this.findings = findings;
    this.leastLatency = leastLatency;
    this.clients = world.clients.map(() => new ClientCounts());
    this.proxies = world.proxies.map(() => new ProxyCounts());
    this.watchClients();
    this.watchRecorder();
    this.watchHosts();
    world.proxies.forEach(({ replicas }, index) => {
      const retries = parameters.proxies[index]!.retry?.retries ?? 0;
      for (const proxy of replicas) this.watchProxy(proxy, this.proxies[index]!, retries);
    });
    const processes = world.proxies.flatMap(({ replicas }) => replicas);
    this.connections = new ConnectionWatch(findings, world.parts.network, world.parts.recorder, processes);
    this.mergeWindows = new MergeWindowWatch(findings, processes);
    this.watchEvents();
  }

  /** Requests that nobody has seen end. */
  get unfinished(): number {
    return this.open.size;
  }

  get liveInProxies(): number {
    let count = 0;
    for (const requests of [...this.live.values(), ...this.copies.values()])
      for (const { isFinished } of requests) if (!isFinished) count++;
    return count;
  }

  get jobs(): number {
    return [...this.arrivals.keys()].reduce((sum, instance) => sum + jobsAt(instance), 0);
  }

  /** Holds counts against facts now. */
  audit(): void {
    const { findings, world } = this;
    const { simulator, activity } = world.parts;
    if (++this.audits > MAX_EVENTS) throw new Error(`the world does not end: ${inMs(simulator.now)}`);
    const isForward = simulator.now >= this.lastNow && Number.isSafeInteger(simulator.now);
    findings.expect(isForward, "time", () => `time went from ${this.lastNow} to ${simulator.now}`);
    this.lastNow = simulator.now;
    this.mergeWindows.audit(simulator.now);
    let open = 0;
    for (const { client } of world.clients) {
      auditClient(findings, client);
      open += inside("client", client).open.length;
    }
    // In the end what is open has been recorded as unfinished.
    const expected = world.isDone ? open : this.open.size;
    findings.equal("ends", `open requests of clients at ${inMs(simulator.now)}`, open, expected);
    let attempts = 0;
    for (const [proxy, live] of this.live) {
      const copies = this.copies.get(proxy)!;
      attempts += auditProxy(findings, proxy, live, copies, simulator.now);
      open += live.size + copies.size;
    }
    const underWay = this.proxies.reduce((sum, each) => sum + each.attemptsStarted - each.attemptsEnded, 0);
    findings.equal("ends", "attempts without an outcome", underWay, attempts);
    for (const instance of this.arrivals.keys()) {
      auditInstance(findings, instance);
      open += jobsAt(instance);
    }
    findings.equal("drained", `activity at ${inMs(simulator.now)}`, inside("activity", activity).open, open);
  }

  /** The simulator asks before each event whether it is to stop; that is the moment to look around. */
  private watchEvents(): void {
    let isStopped = false;
    Object.defineProperty(this.world.parts.simulator, "isStopped", {
      get: () => {
        this.audit();
        return isStopped;
      },
      set: (value: boolean) => {
        isStopped = value;
      },
    });
  }

  private watchClients(): void {
    this.world.clients.forEach(({ client }, index) => {
      const counts = this.clients[index]!;
      const { request, ended } = client;
      client.request = (...args) => {
        counts.wanted++;
        request.apply(client, args);
      };
      client.ended = (stream, status) => {
        if (stream.connection !== null) counts.sent++;
        if (stream.user >= 0) counts.endedForUsers++;
        ended.call(client, stream, status);
      };
      const { onUserFree } = client;
      if (onUserFree !== null) {
        client.onUserFree = (user) => {
          counts.usersFreed++;
          onUserFree(user);
        };
      }
      const send = inside("client", client).sender;
      const original = send.send;
      send.send = (stream) => {
        this.begins(stream.request, counts);
        original.call(send, stream);
      };
    });
  }

  private begins(request: Request, counts: ClientCounts): void {
    const { findings, world } = this;
    const { now } = world.parts.simulator;
    findings.expect(!this.seen.has(request), "ends", () => "a request begins twice");
    findings.expect(request.wantedAt === now, "time", () => "a request is sent at another time than wanted");
    findings.expect(
      now < world.parts.observation.duration,
      "ends",
      () => `a request after the end, at ${inMs(now)}`,
    );
    if (now >= world.parts.observation.warmup) counts.wantedAfterWarmup++;
    this.seen.add(request);
    this.open.add(request);
  }

  private watchRecorder(): void {
    const { recorder, observation } = this.world.parts;
    const { requestEnded, attemptStarted } = recorder;
    recorder.requestEnded = (request, status, now) => {
      this.ends(request, status, now);
      requestEnded.call(recorder, request, status, now);
    };
    recorder.attemptStarted = (request) => {
      if (request.wantedAt >= observation.warmup) this.clients[request.client]!.attempts++;
      attemptStarted.call(recorder, request);
    };
  }

  private ends(request: Request, status: number, now: Nanoseconds): void {
    const { findings, world } = this;
    findings.expect(
      this.open.delete(request),
      "ends",
      () => `request ${request.ordinal} ends again, ${status}`,
    );
    const latency = now - request.wantedAt;
    findings.expect(latency >= 0, "time", () => `a latency of ${inMs(latency)}`);
    if (status === 200) {
      const isPossible = latency >= this.leastLatency;
      findings.expect(
        isPossible,
        "time",
        () => `${inMs(latency)} to a host and back takes ${inMs(this.leastLatency)}`,
      );
    }
    if (request.wantedAt < world.parts.observation.warmup) return;
    const { statuses } = this.clients[request.client]!;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }

  private watchHosts(): void {
    const { warmup } = this.world.parts.observation;
    for (const instance of this.world.services.flatMap(({ instances }) => instances)) {
      const counts = { counted: 0, all: 0 };
      this.arrivals.set(instance, counts);
      const { handle } = instance;
      instance.handle = (stream) => {
        // A health check is no arrival.
        if (stream.request.isHealthCheck) {
          handle.call(instance, stream);
          return;
        }
        counts.all++;
        if (stream.request.wantedAt >= warmup) counts.counted++;
        handle.call(instance, stream);
      };
    }
  }

  private watchProxy(proxy: Proxy, counts: ProxyCounts, retries: number): void {
    const live: LiveRequests = new Set();
    this.live.set(proxy, live);
    const copies: LiveRequests = new Set();
    this.copies.set(proxy, copies);
    for (const manager of managersOf(proxy)) {
      const { handle } = manager;
      const { client } = inside("manager", manager);
      watchDownstream(this.findings, manager);
      manager.handle = (stream) => {
        counts.arrived++;
        handle.call(manager, stream);
        if (stream.handling !== null) live.add(stream.handling as RoutedRequest);
      };
      const { recreate } = manager;
      manager.recreate = (exchange, head, status) => {
        counts.redirected++;
        recreate.call(manager, exchange, head, status);
        const { handling } = exchange.downstream;
        if (handling !== null) live.add(handling as RoutedRequest);
      };
      this.watchAttempts(manager, counts, 1 + retries);
      this.watchAttempts(client, counts, 1);
      this.watchCopies(client, copies, counts);
    }
    for (const cluster of clustersOf(proxy)) {
      for (const priority of ["default", "high"] as const) this.watchRetries(cluster, priority, counts);
    }
  }

  private watchAttempts(manager: ExchangeManager, counts: ProxyCounts, most: number): void {
    const { attemptStarted, attemptEnded } = manager;
    manager.attemptStarted = (routed) => {
      counts.attemptsStarted++;
      this.findings.atMost("limits", "attempts of a request", routed.attemptCount, most);
      attemptStarted.call(manager, routed);
    };
    manager.attemptEnded = (host, result) => {
      counts.attemptsEnded++;
      if (host >= 0 && result < 1000) counts.answered++;
      if (result === TERMINATED) counts.terminated++;
      attemptEnded.call(manager, host, result);
    };
  }

  /** Copies are the only requests of these worlds that a proxy itself sends. */
  private watchCopies(client: AsyncClient, copies: LiveRequests, counts: ProxyCounts): void {
    const { send, respond, abandoned, resetDownstream } = client;
    client.send = (...args) => {
      counts.copies++;
      const routed = send.apply(client, args);
      copies.add(routed);
      return routed;
    };
    client.respond = (...args) => {
      counts.copiesEnded++;
      respond.apply(client, args);
    };
    client.abandoned = (exchange) => {
      counts.copiesEnded++;
      abandoned.call(client, exchange);
    };
    client.resetDownstream = (exchange) => {
      counts.copiesEnded++;
      resetDownstream.call(client, exchange);
    };
  }

  /**
   * A budget depends on the load at the moment at which a retry is granted; over HTTP/1.1 a request that was reset is
   * part of it until then.
   */
  private watchRetries(cluster: ProxyCluster, priority: RoutingPriority, counts: ProxyCounts): void {
    const { retries } = cluster.breakers[priority];
    const budget = cluster.config.circuitBreakers[priority].retryBudget;
    const { increment } = retries;
    retries.increment = () => {
      const { pendingRequests, requests } = cluster.breakers[priority];
      const deciding = cluster.config.connections.protocol === "http1" ? 1 : 0;
      const load = pendingRequests.current + requests.current + deciding;
      const limit = budget
        ? Math.max(Math.floor((budget.budgetPercent * load) / 100), budget.minRetryConcurrency)
        : retries.max;
      counts.retriesGranted++;
      this.findings.atMost("limits", `${cluster.name}: active retries`, retries.current + 1, limit);
      increment.call(retries);
    };
  }
}
