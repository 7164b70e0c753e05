import type { ResetReason } from "../http/reset-reason.ts";
import type { Simulator } from "../kernel/simulator.ts";
import type { RandomStream } from "../random/random-stream.ts";
import { Connection, type ConnectionOwner, Direction, type Protocol } from "./connection.ts";
import { type Link, type LinkEffect, Path } from "./path.ts";
import type { Acceptor, ProbeAnswer, Station } from "./station.ts";
import type { Stream } from "./stream.ts";
import { Transmission, type TransmissionLuck } from "./transmission.ts";

/** Tells which directions between stations a fault means. */
export type PathFilter = (from: Station, to: Station) => boolean;

/** Stations, the paths between them, and the delivery of messages. */
export class Network {
  private readonly simulator: Simulator;
  /** Chance of messages that belong to no request (connection set-up and closing), by the path's name. */
  private readonly randomOf: (name: string) => RandomStream;
  private readonly linkBetween: (from: Station, to: Station) => Link;
  /** By IP address: what is behind a port on which nobody listens. */
  private readonly stations = new Map<string, Station>();
  /** By `ip:port`. */
  private readonly acceptors = new Map<string, { readonly station: Station; readonly acceptor: Acceptor }>();
  private readonly paths = new Map<Station, Map<Station, Path>>();
  private readonly effects: { readonly matches: PathFilter; readonly effect: LinkEffect }[] = [];

  /** By IP address: where nobody is. */
  private readonly nowhere = new Map<string, Station>();

  /** How many connections have been opened. */
  private connections = 0;

  constructor(
    simulator: Simulator,
    randomOf: (name: string) => RandomStream,
    linkBetween: (from: Station, to: Station) => Link,
  ) {
    this.simulator = simulator;
    this.randomOf = randomOf;
    this.linkBetween = linkBetween;
  }

  /** `acceptor` takes the connections to `ip:port`; other ports of the same IP refuse them. */
  listen(address: string, station: Station, acceptor: Acceptor): void {
    const ip = ipOf(address);
    if (!this.stations.has(ip)) this.stations.set(ip, station);
    this.acceptors.set(address, { station, acceptor });
  }

  /** Whether somebody listens on `ip:port`. */
  isListening(address: string): boolean {
    return this.acceptors.has(address);
  }

  /**
   * Opens a connection to `ip:port`. Its set-up takes one round trip, and those that the owner adds for TLS; it
   * hears of its success or refusal, or of nothing when messages are lost for good.
   */
  connect(owner: ConnectionOwner, protocol: Protocol, from: Station, address: string): Connection {
    const target = this.acceptors.get(address);
    const known = target?.station ?? this.stations.get(ipOf(address));
    const to = known ?? this.nobodyAt(ipOf(address));
    const acceptor = known === undefined ? SILENCE : (target?.acceptor ?? null);
    const [out, back] = [this.path(from, to), this.path(to, from)];
    const connection = new Connection(
      this,
      owner,
      protocol,
      out,
      back,
      acceptor,
      address,
      ++this.connections,
    );
    this.sendControl(connection.out, connection, connectionRequested, true);
    return connection;
  }

  /** Asks what listens at `ip:port` how it fares: one message there and one back, whatever is open in between. */
  probe(from: Station, address: string, onAnswer: (answer: ProbeAnswer) => void): void {
    const target = this.acceptors.get(address);
    if (target?.acceptor.answerProbe === undefined) return;
    const there = new Direction(this.path(from, target.station));
    const back = new Direction(this.path(target.station, from));
    this.sendControl(there, { network: this, acceptor: target.acceptor, back, onAnswer }, probed, false);
  }

  private nobodyAt(ip: string): Station {
    let station = this.nowhere.get(ip);
    if (station === undefined) {
      station = { kind: "service", of: "", address: ip, zone: "", number: -1, place: 0 };
      this.nowhere.set(ip, station);
    }
    return station;
  }

  sendRequest(stream: Stream, direction: Direction): void {
    const { path } = direction;
    const arrival = this.simulator.now + path.steadyLatency;
    if (arrival >= direction.lastArrival && direction.blocked === null) {
      direction.lastArrival = arrival;
      path.lane.after(deliverRequest, stream);
    } else {
      const chance = { request: stream.request, place: path.to.place, visit: stream.visit, isAnswer: false };
      this.transmit(direction, stream.head.bodyBytes, chance, deliverRequest, stream);
    }
  }

  sendResponse(stream: Stream, direction: Direction): void {
    const { path } = direction;
    const arrival = this.simulator.now + path.steadyLatency;
    if (arrival >= direction.lastArrival && direction.blocked === null) {
      direction.lastArrival = arrival;
      path.lane.after(deliverResponse, stream);
    } else {
      const chance = { request: stream.request, place: path.from.place, visit: stream.visit, isAnswer: true };
      this.transmit(direction, stream.responseBodyBytes, chance, deliverResponse, stream);
    }
  }

  sendReset(stream: Stream, direction: Direction): void {
    this.sendControl(direction, stream, deliverReset, false);
  }

  sendPeerReset(stream: Stream, reason: ResetReason, direction: Direction): void {
    this.sendControl(direction, { stream, reason }, deliverPeerReset, false);
  }

  sendClose(connection: Connection): void {
    this.sendControl(connection.out, connection, deliverClose, false);
  }

  sendGoAway(connection: Connection): void {
    this.sendControl(connection.back, connection, deliverGoAway, false);
  }

  sendPeerClose(connection: Connection): void {
    this.sendControl(connection.back, connection, deliverPeerClose, false);
  }

  /** Sends a message without content that belongs to no request. */
  sendControl<T>(direction: Direction, arg: T, handler: (arg: T) => void, isConnect: boolean): void {
    const { path } = direction;
    const arrival = this.simulator.now + path.steadyLatency;
    if (arrival >= direction.lastArrival && direction.blocked === null) {
      direction.lastArrival = arrival;
      path.lane.after(handler, arg);
    } else {
      path.random ??= this.randomOf(`${path.from.address}>${path.to.address}`);
      this.transmit(direction, 0, { random: path.random }, handler, arg, isConnect);
    }
  }

  private transmit<T>(
    direction: Direction,
    bytes: number,
    chance: TransmissionLuck,
    handler: (arg: T) => void,
    arg: T,
    isConnect = false,
  ): void {
    new Transmission(this.simulator, direction, bytes, chance, isConnect, () => handler(arg)).start();
  }

  /** Puts a fault on every path that matches, also on those that come into use later. */
  addEffect(matches: PathFilter, effect: LinkEffect): void {
    this.effects.push({ matches, effect });
    for (const path of this.allPaths()) if (matches(path.from, path.to)) path.add(effect);
  }

  removeEffect(effect: LinkEffect): void {
    const index = this.effects.findIndex((entry) => entry.effect === effect);
    const [entry] = this.effects.splice(index, 1);
    for (const path of this.allPaths()) if (entry!.matches(path.from, path.to)) path.remove(effect);
  }

  private path(from: Station, to: Station): Path {
    let paths = this.paths.get(from);
    if (paths === undefined) this.paths.set(from, (paths = new Map()));
    let path = paths.get(to);
    if (path === undefined) {
      path = new Path(this.simulator, from, to, this.linkBetween(from, to));
      for (const { matches, effect } of this.effects) if (matches(from, to)) path.add(effect);
      paths.set(to, path);
    }
    return path;
  }

  private *allPaths(): Iterable<Path> {
    for (const paths of this.paths.values()) yield* paths.values();
  }

  /** A connection attempt has arrived at the address. */
  onConnectionRequested(connection: Connection): void {
    const answer = connection.acceptor?.accept(connection) ?? "refused";
    if (answer === "ignored") return;
    this.sendControl(
      connection.back,
      connection,
      answer === "refused" ? connectionRefused : roundTripDone,
      true,
    );
    if (answer === "closed") connection.closeByPeer();
  }

  /** A message of a TLS handshake has arrived; the acceptor's work on it is done before its last answer. */
  onHandshakeContinued(connection: Connection): void {
    if (connection.isClosedByPeer) return;
    const isLast = connection.roundTripsLeft === 1;
    const time = (isLast && connection.acceptor?.handshakeTime?.(connection)) || 0;
    if (time === 0) handshakeAnswered(connection);
    else this.simulator.after(time, handshakeAnswered, connection);
  }

  /** A round trip of the set-up is over: TLS needs further ones. */
  onRoundTripDone(connection: Connection): void {
    if (connection.isClosedByOwner) return;
    if (--connection.roundTripsLeft === 0) connection.onSetUp();
    else this.sendControl(connection.out, connection, handshakeContinued, false);
  }
}

/** Where nobody is, nobody refuses a connection either. */
const SILENCE: Acceptor = { accept: () => "ignored", connectionClosed: () => {} };

interface Probe {
  readonly network: Network;
  readonly acceptor: Acceptor;
  readonly back: Direction;
  readonly onAnswer: (answer: ProbeAnswer) => void;
}

function probed({ network, acceptor, back, onAnswer }: Probe): void {
  const answer = acceptor.answerProbe!();
  if (answer !== null) network.sendControl(back, { answer, onAnswer }, probeAnswered, false);
}

function probeAnswered({ answer, onAnswer }: { answer: ProbeAnswer } & Pick<Probe, "onAnswer">): void {
  onAnswer(answer);
}

/** The part of `ip:port` before the port. */
function ipOf(address: string): string {
  return address.slice(0, address.lastIndexOf(":"));
}

function deliverRequest(stream: Stream): void {
  const connection = stream.connection!;
  if (!connection.isClosedByPeer) connection.handler.handle(stream);
}

function deliverResponse(stream: Stream): void {
  if (!stream.ended) stream.onResponse();
}

function deliverReset(stream: Stream): void {
  stream.connection!.onReset(stream);
}

function deliverPeerReset({ stream, reason }: { stream: Stream; reason: ResetReason }): void {
  if (stream.ended) return;
  stream.connection!.release(stream);
  stream.onReset(reason);
}

function deliverClose(connection: Connection): void {
  const { acceptor, isClosedByPeer } = connection;
  if (isClosedByPeer || acceptor?.keepsOpen?.(connection) === true) return;
  acceptor?.connectionClosed(connection);
  if (connection.isHalfClosed) connection.closeByPeer();
}

function deliverGoAway(connection: Connection): void {
  connection.onGoAway();
}

function deliverPeerClose(connection: Connection): void {
  connection.onPeerClose();
}

function connectionRequested(connection: Connection): void {
  connection.network.onConnectionRequested(connection);
}

function roundTripDone(connection: Connection): void {
  connection.network.onRoundTripDone(connection);
}

function handshakeContinued(connection: Connection): void {
  connection.network.onHandshakeContinued(connection);
}

function handshakeAnswered(connection: Connection): void {
  if (connection.isClosedByPeer) return;
  connection.network.sendControl(connection.back, connection, roundTripDone, false);
}

function connectionRefused(connection: Connection): void {
  if (connection.isClosedByOwner) return;
  connection.isClosedByOwner = true;
  connection.owner.onConnectionRefused(connection);
}
