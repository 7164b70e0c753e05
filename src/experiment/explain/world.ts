import { Request } from "../../http/request.ts";
import type { RequestHead } from "../../http/request-head.ts";
import { Simulator } from "../../kernel/simulator.ts";
import { SECOND } from "../../kernel/time.ts";
import type { Connection, ConnectionOwner } from "../../network/connection.ts";
import { Network } from "../../network/network.ts";
import type { Acceptor, Station } from "../../network/station.ts";
import { type RequestHandler, Stream } from "../../network/stream.ts";
import type { Assignment } from "../../proxy/cluster/priority-set.ts";
import type { ListenerConfig } from "../../proxy/listener-config.ts";
import { isUnspecified } from "../../proxy/listener-config.ts";
import { Proxy } from "../../proxy/proxy.ts";
import type { ProxyConfig } from "../../proxy/proxy-config.ts";
import type { ProxyTrace } from "../../proxy/proxy-trace.ts";
import { makeDistribution } from "../../random/distributions/table.ts";
import type { RandomStream } from "../../random/random-stream.ts";
import { type DrawLog, Recording64 } from "../../random/recording64.ts";
import { stream64 } from "../../random/stream64.ts";
import { Streams } from "../../random/streams.ts";
import { StationNumbers } from "../../simulation/station-numbers.ts";
import { Activity } from "../../telemetry/activity.ts";
import { ClientTally } from "../../telemetry/client-tally.ts";
import { Observation } from "../../telemetry/observation.ts";
import { ProxyTally } from "../../telemetry/proxy-tally.ts";
import { Recorder } from "../../telemetry/recorder.ts";
import { helloOf } from "../../traffic/client-tls.ts";

const CONSTANT_ZERO = makeDistribution({ kind: "constant", value: 0 });
const NO_LATENCY = { latency: CONSTANT_ZERO, loss: 0, bandwidth: Number.POSITIVE_INFINITY };
const CLIENT = 0;
const OK = 200;
/** A request that the proxy holds back for longer is left to itself. */
const PATIENCE = 300 * SECOND;

/** One proxy as it is to be explained. */
export interface ExplainedProxy {
  readonly config: ProxyConfig;
  /** The members of each cluster, by its name. */
  readonly assignments: ReadonlyMap<string, Assignment>;
  /** Address that a DNS name stands for. */
  readonly names: ReadonlyMap<string, string>;
  /** Where it is. */
  readonly address: string;
  readonly zone: string;
  readonly replicas: number;
}

/**
 * One proxy, one worker of it, between a client that sends one request after the other and hosts that answer each
 * at once: everything is decided by the machines that simulations use.
 */
export class ExplainWorld {
  private readonly streams: Streams;
  private readonly luck: RandomStream;
  private readonly simulator = new Simulator(0);
  private readonly network: Network;
  private readonly recorder = new Recorder(null);
  private readonly activity = new Activity(() => {});
  private readonly observation = new Observation(0, SECOND);
  private readonly numbers = new StationNumbers();
  private readonly proxy: ExplainedProxy;
  private readonly sources = new Map<string, Station>();
  private sent = 0;

  constructor(proxy: ExplainedProxy, seed: string, draws: DrawLog, trace: ProxyTrace) {
    this.proxy = proxy;
    this.streams = new Streams(seed);
    this.luck = this.streams.stream("client", "client");
    this.network = new Network(
      this.simulator,
      (path) => this.streams.stream("network", path),
      () => NO_LATENCY,
    );
    this.recorder.clients.push(new ClientTally("client", this.observation, [], () => true));
    this.addHosts();
    this.makeProxy(draws, trace).start();
  }

  /** Sends a request to a listener and waits for its end. */
  send(listener: ListenerConfig, head: RequestHead, source: string): void {
    const { simulator, luck } = this;
    const request = new Request(CLIENT, this.sent++, simulator.now, luck.uint32(), luck.uint32());
    const asker = new Asker(simulator, new Asking(request, head));
    const connection = this.network.connect(asker, "http1", this.station(source), this.addressOf(listener));
    connection.hello = helloOf("as-wanted", "http1", head.authority);
    asker.open(connection);
    simulator.run(simulator.now + PATIENCE);
    asker.close();
  }

  private addressOf({ address, port }: ListenerConfig): string {
    return `${isUnspecified(address) ? this.proxy.address : address}:${port}`;
  }

  private addHosts(): void {
    const answering = new AnswersAtOnce();
    const addresses = [...this.proxy.assignments.values()].flatMap(({ endpoints }) =>
      endpoints.map(({ address }) => address),
    );
    for (const address of new Set(addresses))
      this.network.listen(address, this.newStation("service", address), answering);
  }

  private station(source: string): Station {
    let station = this.sources.get(source);
    if (station === undefined) this.sources.set(source, (station = this.newStation("client", source)));
    return station;
  }

  private newStation(kind: Station["kind"], address: string): Station {
    const { numbers } = this;
    const zone = kind === "proxy" ? this.proxy.zone : "";
    const [number, place] = [numbers.station(address), numbers.place(kind, address)];
    return { kind, of: address, address, zone, number, place };
  }

  private makeProxy(draws: DrawLog, trace: ProxyTrace): Proxy {
    const { simulator, network, recorder, activity, numbers, streams } = this;
    const { config, assignments, address, replicas } = this.proxy;
    const tally = new ProxyTally("proxy", this.observation);
    return new Proxy(config, {
      simulator,
      network,
      recorder,
      activity,
      tally,
      station: this.newStation("proxy", address),
      replica: 0,
      replicas,
      concurrency: 1,
      overhead: CONSTANT_ZERO,
      handshake: CONSTANT_ZERO,
      timerTick: 0,
      assignmentOf: ({ name, assignment }) => assignments.get(name) ?? assignment,
      resolve: (name) => this.proxy.names.get(name) ?? null,
      stationNumberOf: (host) => numbers.at(host.address),
      random64: (name) => new Recording64(name, stream64(streams.stream("policy", name)), draws),
      randomStream: (name) => streams.stream("proxy", name),
      trace,
    });
  }
}

/** The client's view of its request. */
class Asking extends Stream {
  onEnd: (() => void) | null = null;

  constructor(request: Request, head: RequestHead) {
    super(request, head, true);
  }

  override onResponse(): void {
    if (this.isResponseComplete) this.onEnd?.();
  }

  override onReset(): void {
    this.onEnd?.();
  }
}

/** One connection for one request; the run stops when it is answered. */
class Asker implements ConnectionOwner {
  private readonly simulator: Simulator;
  private readonly asking: Asking;
  private connection!: Connection;

  constructor(simulator: Simulator, asking: Asking) {
    this.simulator = simulator;
    this.asking = asking;
    asking.onEnd = () => simulator.stop();
  }

  open(connection: Connection): void {
    this.connection = connection;
  }

  /** Also what is still under way comes to its end, so that the next request finds nothing busy. */
  close(): void {
    if (!this.asking.ended) this.connection.release(this.asking);
    if (!this.connection.isClosedByPeer) this.connection.close();
    this.simulator.run(this.simulator.now + 1);
  }

  onConnected(): void {
    this.connection.send(this.asking);
  }

  onConnectionRefused(): void {
    this.simulator.stop();
  }

  onGoAway(): void {}

  onConnectionClosed(): void {}
}

/** Every host: answers with 200 and no body as soon as it is asked. */
class AnswersAtOnce implements Acceptor, RequestHandler {
  accept(connection: Connection): "accepted" {
    connection.handler = this;
    return "accepted";
  }

  connectionClosed(): void {}

  handle(stream: Stream): void {
    stream.status = OK;
    stream.connection!.respond(stream);
  }

  abandon(): void {}
}
