import type { Problem } from "../../decode/problem.ts";
import { SourceFile } from "../../decode/source-file.ts";
import { moduloU64 } from "../../hash/u64.ts";
import { type ListenerConfig, servesHttp } from "../../proxy/listener-config.ts";
import type { RouteExplanation } from "../../proxy/routing/route-explanation.ts";
import type { StreamId } from "../../proxy/routing/route-match.ts";
import { type Draw, DrawLog } from "../../random/recording64.ts";
import type { Files } from "../load-scenario.ts";
import { clusterListener, headForCluster } from "./cluster-listener.ts";
import { changesOf, DistributionCount } from "./distribution.ts";
import type { RequestExplanation, SentExplanation } from "./explanation.ts";
import { type LoadedTarget, loadTarget, type TargetOptions } from "./load-target.ts";
import { type ClusterView, factsOf, type ObservedRequest, RequestObserver } from "./observed-request.ts";
import { type AskedRequest, headOfRequest, parseRequest } from "./request-text.ts";
import { type RoutingShare, routingShares } from "./routing-shares.ts";
import { ExplainWorld } from "./world.ts";

export interface ExplainOptions extends TargetOptions {
  /** `METHOD PATH name=value ...`; at least one, unless a cluster is asked for. */
  readonly requests: readonly string[];
  /** How often each is sent; at least 1. */
  readonly count: number;
  /** May be left out where only one takes HTTP. */
  readonly listener?: string;
  /** Ask this cluster, whatever the routes are. */
  readonly cluster?: string;
}

export interface Explanation {
  readonly seed: string;
  readonly requests: readonly RequestExplanation[];
}

export interface ExplainResult {
  readonly problems: readonly Problem[];
  readonly sources: ReadonlyMap<string, SourceFile>;
  /** Undefined when there are errors. */
  readonly explanation: Explanation | undefined;
}

/** What a proxy does with requests, and why: decided by the machines that a simulation uses, and told by them. */
export function explain(path: string, files: Files, options: ExplainOptions): ExplainResult {
  const loaded = loadTarget(path, files, options);
  const sources = new Map(loaded.sources);
  const problems = [...loaded.problems];
  const refuse = (
    file: string,
    text: string,
    message: string,
    remedy: string,
    start = 0,
    end = text.length,
  ) => {
    sources.set(file, new SourceFile(file, text));
    const location = { file, line: 1, column: start + 1, length: Math.max(1, end - start) };
    problems.push({ severity: "error", code: "wrong-option", message, remedy, location, path: "" });
  };
  const texts = options.requests.length > 0 || options.cluster === undefined ? options.requests : ["GET /"];
  const asked = texts.flatMap((text) => {
    const parsed = parseRequest(text);
    if (parsed.ok) return [parsed.request];
    refuse("--request", text, parsed.message, parsed.remedy, parsed.start, parsed.end);
    return [];
  });
  if (loaded.target === undefined) return { problems, sources, explanation: undefined };
  const chosen = chooseWay(loaded.target, options);
  if ("message" in chosen) refuse(chosen.option, chosen.text, chosen.message, chosen.remedy);
  if ("message" in chosen || problems.some(({ severity }) => severity === "error"))
    return { problems, sources, explanation: undefined };
  const { seed } = loaded.target;
  const requests = asked.map((request) =>
    new Explaining(loaded.target!, chosen, request, options.count).run(),
  );
  return { problems, sources, explanation: { seed, requests } };
}

/** Through which listener requests go; to a cluster named by the user, or wherever the routes lead. */
interface Way {
  readonly listener: ListenerConfig;
  readonly cluster: string | undefined;
}

interface Refusal {
  readonly option: string;
  readonly text: string;
  readonly message: string;
  readonly remedy: string;
}

function chooseWay(
  { proxy }: NonNullable<LoadedTarget["target"]>,
  { cluster, listener: wanted }: ExplainOptions,
): Way | Refusal {
  if (cluster !== undefined) {
    const names = [...proxy.assignments.keys()];
    if (names.includes(cluster)) return { listener: clusterListener(), cluster };
    const remedy = names.length === 0 ? "there is none" : `known: ${names.join(", ")}`;
    return { option: "--cluster", text: cluster, message: `there is no cluster "${cluster}"`, remedy };
  }
  const listeners = proxy.config.listeners.filter(servesHttp);
  const names = listeners.map(({ name }) => name);
  const listener = wanted === undefined ? listeners[0] : listeners.find(({ name }) => name === wanted);
  const known = names.length === 0 ? "--cluster asks a cluster" : `known: ${names.join(", ")}`;
  const text = wanted ?? "";
  if (listener === undefined) {
    const message =
      wanted === undefined ? "no listener takes HTTP" : `there is no listener "${wanted}" for HTTP`;
    return { option: "--listener", text, message, remedy: known };
  }
  if (wanted === undefined && listeners.length > 1)
    return { option: "--listener", text, message: "several listeners take HTTP: name one", remedy: known };
  return { listener, cluster: undefined };
}

/** One text of a request: a world of its own, so that what is told does not depend on the other texts. */
class Explaining {
  private readonly target: NonNullable<LoadedTarget["target"]>;
  private readonly way: Way;
  private readonly asked: AskedRequest;
  private readonly count: number;
  private readonly draws = new DrawLog();
  private readonly observer = new RequestObserver();
  private readonly direct = clusterListener();
  private readonly world: ExplainWorld;

  constructor(target: NonNullable<LoadedTarget["target"]>, way: Way, asked: AskedRequest, count: number) {
    this.target = target;
    this.way = way;
    this.asked = asked;
    this.count = count;
    const { proxy, seed } = target;
    const config = { ...proxy.config, listeners: [...proxy.config.listeners, this.direct] };
    this.world = new ExplainWorld({ ...proxy, config }, seed, this.draws, this.observer);
  }

  run(): RequestExplanation {
    const counted = new DistributionCount();
    this.draws.start();
    const first = this.send(1);
    const draws = this.draws.stop();
    counted.add(first);
    for (let n = 2; n <= this.count; n++) counted.add(this.send(n));
    const { listener, cluster } = this.way;
    const routing = this.routingOf(first, draws);
    const distribution = counted.result(this.sharesOf(first), (match) => this.viewFor(match, first));
    const { sent } = first;
    return {
      text: this.asked.text,
      head: headOfRequest(this.asked, 1),
      source: this.asked.source,
      listener:
        cluster === undefined
          ? { name: listener.name, address: `${listener.address}:${listener.port}` }
          : null,
      routing,
      answer: { status: first.status, flags: first.flags, details: first.details, location: first.location },
      changes:
        sent === null || cluster !== undefined ? [] : changesOf(headOfRequest(this.asked, 1), sent.plan.head),
      sent: this.sentOf(first),
      attempts: first.attempts.map(({ cluster, host, result }) => ({
        cluster,
        host: host && factsOf(host),
        result,
      })),
      draws: cluster === undefined ? draws : draws.filter(({ stream }) => !stream.startsWith(STREAM_IDS)),
      distribution,
    };
  }

  private send(n: number): ObservedRequest {
    const { cluster, listener } = this.way;
    const head = headOfRequest(this.asked, n);
    this.observer.start();
    if (cluster === undefined) this.world.send(listener, head, this.asked.source);
    else this.world.send(this.direct, headForCluster(head, cluster), this.asked.source);
    return this.observer.current;
  }

  private routingOf(
    { routedHead, routes, certificate, origin }: ObservedRequest,
    draws: readonly Draw[],
  ): RouteExplanation | null {
    if (routedHead === null || routes === null || this.way.cluster !== undefined) return null;
    const drawn = draws.find(({ stream }) => stream.startsWith(STREAM_IDS));
    const streamId: StreamId = { mod: (n) => (drawn === undefined ? 0 : moduloU64(drawn, n)) };
    return routes.explain(routedHead, streamId, certificate, origin);
  }

  private sharesOf({
    routedHead,
    match,
    routes,
    certificate,
    origin,
  }: ObservedRequest): RoutingShare[] | null {
    if (this.way.cluster !== undefined) return match && [{ match, share: 1 }];
    return routedHead && routes && routingShares(routes, routedHead, certificate, origin);
  }

  /** A cluster to which no request came is asked by one more, unless only those of its route have what it looks at. */
  private viewFor(
    { cluster, metadataMatch }: NonNullable<ObservedRequest["match"]> & { kind: "route" },
    first: ObservedRequest,
  ): ClusterView | undefined {
    const { observer } = this;
    const { config } = this.target.proxy;
    if (config.clusters.every(({ name }) => name !== cluster)) return undefined;
    if (!observer.views.has(cluster) && first.sent === null && cluster === this.way.cluster)
      return NOTHING_TOLD;
    if (!observer.views.has(cluster) && metadataMatch !== null) return NOTHING_TOLD;
    if (!observer.views.has(cluster)) {
      observer.start();
      this.world.send(this.direct, headForCluster(this.asked.head, cluster), this.asked.source);
    }
    return observer.views.get(cluster) ?? NOTHING_TOLD;
  }

  private sentOf({ sent }: ObservedRequest): SentExplanation | null {
    if (sent === null) return null;
    const { plan, cluster, route } = sent;
    const { name, config } = cluster.cluster;
    return {
      cluster: name,
      policy: config.policy,
      timeout: plan.globalTimeout,
      perTryTimeout: plan.perTryTimeout,
      retries: plan.retryPolicy,
      priority: route.priority,
      balancing: this.observer.views.get(name)?.view ?? null,
      panicThreshold: config.healthyPanicThreshold,
    };
  }
}

const STREAM_IDS = "stream-id/";
const NOTHING_TOLD: ClusterView = { view: null, hosts: [] };
