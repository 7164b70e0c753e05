import { Simulator } from "../../kernel/simulator.ts";
import { MILLISECOND, type Nanoseconds, SECOND } from "../../kernel/time.ts";
import { Network } from "../../network/network.ts";
import type { Station } from "../../network/station.ts";
import {
  isUnspecified,
  type ListenerConfig,
  servesHttp,
  takesConnections,
} from "../../proxy/listener-config.ts";
import { parseProxyHeader } from "../../proxy/listener-filter/proxy-header.ts";
import { Proxy } from "../../proxy/proxy.ts";
import type { ProxyConfig } from "../../proxy/proxy-config.ts";
import { USUAL_TIMER_TICK } from "../../proxy/timer-clock.ts";
import { makeDistribution } from "../../random/distributions/table.ts";
import { stream64 } from "../../random/stream64.ts";
import { Streams } from "../../random/streams.ts";
import { StationNumbers } from "../../simulation/station-numbers.ts";
import { Activity } from "../../telemetry/activity.ts";
import { ClientTally } from "../../telemetry/client-tally.ts";
import { Observation } from "../../telemetry/observation.ts";
import { ProxyTally } from "../../telemetry/proxy-tally.ts";
import { Recorder } from "../../telemetry/recorder.ts";
import { Client } from "../../traffic/client.ts";
import { ClientConnections } from "../../traffic/client-connections.ts";
import { RequestTemplate } from "../../traffic/request-template.ts";
import type { ProbeCase, ProbeRequest, UpstreamScript } from "./probe-case.ts";
import { ProbeError } from "./read-case.ts";
import type { ProbedRequest, ProbeRecording } from "./recording.ts";
import { ScriptedUpstream } from "./scripted-upstream.ts";
import { ConcurrentSender, type Sender, SequentialSender } from "./sender.ts";
import { type OpenTcp, type TcpOrder, TcpSender } from "./tcp-sender.ts";

/** All stations but the upstreams have this address, as in the recordings. */
const LOOPBACK = "127.0.0.1";
/** The proxy starts so long before the first request, unless its caller says otherwise. */
export const HEAD_START: Nanoseconds = 65 * MILLISECOND;
/** The client gives a request up after this time, so that a case always ends. */
const PATIENCE: Nanoseconds = 300 * SECOND;
const CONSTANT_ZERO = makeDistribution({ kind: "constant", value: 0 });
const NO_LATENCY = { latency: CONSTANT_ZERO, loss: 0, bandwidth: Number.POSITIVE_INFINITY };

/** Sends the requests of a case through a proxy with this configuration. Throws a ProbeError. */
export function runProbe(
  config: ProxyConfig,
  probeCase: ProbeCase,
  seed: string,
  headStart: Nanoseconds,
): ProbeRecording {
  return new ProbeWorld(config, probeCase, seed, headStart).run();
}

/** One proxy between one client and scripted upstreams, on a network that takes no time. */
class ProbeWorld {
  private readonly simulator: Simulator;
  private readonly streams: Streams;
  private readonly network: Network;
  private readonly recorder: Recorder;
  private readonly activity = new Activity(() => {});
  private readonly observation = new Observation(0, SECOND);
  private readonly numbers = new StationNumbers();
  private readonly tally = new ProxyTally("proxy", this.observation);
  private readonly probeCase: ProbeCase;
  private readonly config: ProxyConfig;
  /** In the order of sending. */
  private readonly sent: readonly ProbedRequest[];
  private readonly sender: Sender;

  constructor(config: ProxyConfig, probeCase: ProbeCase, seed: string, headStart: Nanoseconds) {
    this.simulator = new Simulator(-headStart);
    this.config = config;
    this.probeCase = probeCase;
    this.streams = new Streams(seed);
    this.network = new Network(
      this.simulator,
      (path) => this.streams.stream("network", path),
      () => NO_LATENCY,
    );
    this.sent = inOrderOfSending(probeCase).map((request) => ({
      request,
      log: null,
      attempts: [],
      mirrors: [],
      tcp: null,
    }));
    this.recorder = new Recorder((record) => {
      const { request } = record;
      if (request !== null && !request.isHealthCheck) this.sent[request.ordinal]!.log = record;
    });
    for (const script of [...probeCase.upstreams, ...this.closedPorts()]) this.addUpstream(script);
    const proxy = this.makeProxy();
    this.simulator.at(-headStart, startProxy, proxy);
    this.sender =
      probeCase.requests[0]!.tcp === null ? this.makeSender(this.makeClient()) : this.makeTcpSender();
  }

  run(): ProbeRecording {
    this.sender.start();
    this.simulator.run();
    const byRequest = new Map(this.sent.map((probed) => [probed.request, probed]));
    return {
      requests: this.probeCase.requests.map((request) => byRequest.get(request)!),
      stats: this.tally.stats[0]!.nonzero(),
      ejections: this.config.clusters.some(({ outlierDetection }) => outlierDetection !== undefined)
        ? this.tally.ejections
        : undefined,
      healthEvents: this.config.clusters.some(({ healthCheck }) => healthCheck !== undefined)
        ? this.tally.healthEvents
        : undefined,
    };
  }

  /** Endpoints that the case does not describe: nobody listens there. */
  private closedPorts(): UpstreamScript[] {
    const known = new Set(this.probeCase.upstreams.map(({ address }) => address));
    const listed = [
      ...this.config.clusters.flatMap(({ assignment }) => assignment.endpoints.map(({ address }) => address)),
      ...this.probeCase.requests.flatMap(({ tcp }) => proxiedTarget(tcp)),
    ];
    const otherwise = {
      status: 200,
      headers: new Map(),
      bodyBytes: 0,
      delay: 0,
      does: "answer",
      http2Error: 0,
      closing: "closed",
      speaksFirst: false,
    } as const;
    return [...new Set(listed)]
      .filter((address) => !known.has(address))
      .map((address) => {
        const nothing = { script: [], otherwise };
        return { address, ...nothing, health: nothing, accepts: "refuse", isMirror: false };
      });
  }

  private addUpstream(script: UpstreamScript): void {
    const { address } = script;
    const station = {
      kind: "service",
      of: address,
      address,
      zone: "",
      number: this.numbers.station(address),
      place: this.numbers.place("service", address),
    } as const;
    const upstream = new ScriptedUpstream(this.simulator, script, (endpoint, { request, head }) => {
      const { attempts, mirrors } = this.sent[request.ordinal]!;
      (script.isMirror ? mirrors : attempts).push({ endpoint, head });
    });
    this.network.listen(address, station, upstream);
  }

  private makeProxy(): Proxy {
    const { simulator, network, recorder, activity, tally, numbers, streams } = this;
    const address = LOOPBACK;
    return new Proxy(this.config, {
      simulator,
      network,
      recorder,
      activity,
      tally,
      station: {
        kind: "proxy",
        of: tally.name,
        address,
        zone: "",
        number: numbers.station(address),
        place: numbers.place("proxy", tally.name),
      },
      replica: 0,
      replicas: 1,
      concurrency: 1,
      overhead: CONSTANT_ZERO,
      handshake: CONSTANT_ZERO,
      timerTick: USUAL_TIMER_TICK,
      assignmentOf: ({ assignment }) => assignment,
      stationNumberOf: (host) => numbers.at(host.address),
      resolve: () => null,
      random64: (name) => stream64(streams.stream("policy", name)),
      randomStream: (name) => streams.stream("proxy", name),
    });
  }

  private makeClient(): Client {
    const name = "client";
    const station = {
      kind: "client",
      of: name,
      address: LOOPBACK,
      zone: "",
      number: this.numbers.station(name),
      place: this.numbers.place("client", name),
    } as const;
    this.recorder.clients.push(new ClientTally(name, this.observation, [], () => true));
    const connections = new ClientConnections(this.network, station, "http1", [
      listenerAddress(this.config, servesHttp),
    ]);
    const templates = this.sent.map(({ request }) => templateOf(request));
    const options = { index: 0, station, templates, timeout: PATIENCE, isDirect: false };
    return new Client(options, this.simulator, this.recorder, this.activity, connections);
  }

  private makeTcpSender(): Sender {
    const { simulator, sent, probeCase, network, config } = this;
    const name = "client";
    this.recorder.clients.push(new ClientTally(name, this.observation, [], () => true));
    const place = this.numbers.place("client", name);
    const stations = new Map<string, Station>();
    const open: OpenTcp = (owner, { port, source }) => {
      let station = stations.get(source);
      if (station === undefined) {
        const number = this.numbers.station(`client ${source}`);
        station = { kind: "client", of: name, address: source, zone: "", number, place };
        stations.set(source, station);
      }
      return network.connect(owner, "tcp", station, listenerAddress(config, takesConnections, port));
    };
    const instants = sent.map(({ request }) => request.at);
    const order: TcpOrder =
      probeCase.mode === "sequential"
        ? { mode: "sequential", gap: probeCase.gap }
        : { mode: "concurrent", instants };
    return new TcpSender(simulator, open, sent, this.streams.stream("client", name), order, () =>
      simulator.after(probeCase.settle, stop, simulator),
    );
  }

  private makeSender(client: Client): Sender {
    const { simulator, sent, probeCase } = this;
    const random = this.streams.stream("client", client.options.station.of);
    const onDone = () => simulator.after(probeCase.settle, stop, simulator);
    if (probeCase.mode === "sequential") {
      return new SequentialSender(simulator, client, random, probeCase.gap, sent.length, onDone);
    }
    const instants = sent.map(({ request }) => request.at);
    return new ConcurrentSender(simulator, client, random, instants, onDone);
  }
}

/** Requests of one instant are sent in the order of the file. */
function inOrderOfSending({ mode, requests }: ProbeCase): ProbeRequest[] {
  return mode === "sequential" ? [...requests] : [...requests].sort((a, b) => a.at - b.at);
}

/** A case has one listener that takes HTTP; for TCP it may have several, and requests say which port. */
function listenerAddress(
  { listeners }: ProxyConfig,
  serves: (listener: ListenerConfig) => boolean,
  port?: number,
): string {
  const found = listeners.find((each) => serves(each) && (port === undefined || each.port === port));
  if (found !== undefined) return `${isUnspecified(found.address) ? LOOPBACK : found.address}:${found.port}`;
  const missing = serves === servesHttp ? "has an HTTP connection manager" : "takes connections";
  throw new ProbeError(`envoy.yaml: no listener ${missing}${port === undefined ? "" : ` at port ${port}`}`);
}

/** Whom a PROXY header names: an original destination cluster connects there. */
function proxiedTarget(tcp: ProbeRequest["tcp"]): string[] {
  if (tcp?.proxyHeader == null) return [];
  const parsed = parseProxyHeader(tcp.proxyHeader);
  return typeof parsed === "string" ? [] : [parsed.target];
}

function templateOf({ method, authority, path, headers, bodyBytes }: ProbeRequest): RequestTemplate {
  return new RequestTemplate(1, { method, scheme: "http", authority, path, headers, bodyBytes }, []);
}

function startProxy(proxy: Proxy): void {
  proxy.start();
}

function stop(simulator: Simulator): void {
  simulator.stop();
}
