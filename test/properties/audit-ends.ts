import type { Instance } from "../../src/service/instance.ts";
import type { Client } from "../../src/traffic/client.ts";
import type { ClientConnection } from "../../src/traffic/client-connection.ts";
import { isKnownToPeer } from "./audit-pools.ts";
import { isAwaited } from "./audit-proxy.ts";
import type { Findings } from "./findings.ts";
import { inside } from "./inside.ts";

/** Jobs at a host: in service, waiting, or unread while it is paused. */
export function jobsAt(instance: Instance): number {
  const { inService, waiting, unread } = inside("instance", instance);
  return inService.length + waiting.length + unread.length;
}

/** Workers, queue and speed of a host. */
export function auditInstance(findings: Findings, instance: Instance): void {
  const { model, station, tally } = instance;
  const { inService, waiting, unread, connections, isDown, speed } = inside("instance", instance);
  const of = station.address;
  findings.atMost("limits", `${of}: busy workers`, inService.length, model.workers);
  findings.atMost("limits", `${of}: queue`, waiting.length, model.queueLimit);
  const isIdle = waiting.length > 0 && inService.length < model.workers;
  findings.expect(!isIdle, "agreement", () => `${of}: requests wait beside a free worker`);
  findings.expect(unread.length === 0 || speed === 0, "agreement", () => `${of}: requests stay unread`);
  inService.forEach((job, index) => {
    const isRight =
      job.indexInService === index && (job.completion !== 0 || speed === 0) && job.remaining >= 0;
    findings.expect(isRight, "agreement", () => `${of}: a job in service will not end`);
  });
  for (const { stream, isAbandoned } of [...inService, ...waiting, ...unread]) {
    findings.expect(
      isAbandoned !== isAwaited(stream),
      "drained",
      () => `${of}: a job is wrong about its client`,
    );
  }
  if (model.dropAbandoned) {
    for (const job of waiting)
      findings.expect(!job.isAbandoned, "agreement", () => `${of}: an abandoned request waits`);
  }
  for (const { isClosedByPeer } of connections) {
    findings.expect(!isClosedByPeer, "drained", () => `${of}: keeps a connection that it has closed`);
  }
  const { busy, waiting: queue } = inside("hostTally", tally);
  findings.equal("agreement", `${of}: busy workers as observed`, busy.level, inService.length);
  findings.equal("agreement", `${of}: queue as observed`, queue.level, waiting.length);
  if (!isDown) return;
  findings.equal("drained", `${of}: jobs of a host that is down`, jobsAt(instance), 0);
  findings.equal("drained", `${of}: connections of a host that is down`, connections.size, 0);
}

/** Each open request of a client waits for a connection or for an answer on one, and has its timeout. */
export function auditClient(findings: Findings, client: Client): void {
  const { open, sender: connections } = inside("client", client);
  const of = client.options.station.of;
  open.forEach((stream, index) => {
    const carrier = inside("clientConnection", stream.carrier!);
    const isSent =
      stream.indexInConnection >= 0 && stream.connection?.streams[stream.indexInConnection] === stream;
    const isRight =
      !stream.ended && stream.indexInClient === index && (isSent || carrier.waiting.includes(stream));
    findings.expect(isRight, "ends", () => `${of}: an open request waits for nothing`);
    const hasTimeout = client.options.timeout < Number.POSITIVE_INFINITY;
    findings.expect(
      hasTimeout === (stream.timeout !== 0),
      "ends",
      () => `${of}: an open request without its timeout`,
    );
    if (carrier.connection.protocol === "http2") return;
    const streams = carrier.connection.streams.length + carrier.waiting.length;
    findings.equal("limits", `${of}: requests on an HTTP/1.1 connection`, streams, 1);
  });
  const { free } = inside("clientConnections", connections);
  findings.expect(free.every(isFree), "agreement", () => `${of}: a connection is kept as free and is not`);
}

function isFree(carrier: ClientConnection): boolean {
  const { connection, waiting } = inside("clientConnection", carrier);
  const isIdle = !connection.isClosedByOwner && connection.streams.length === 0 && waiting.length === 0;
  return isIdle && isKnownToPeer(connection);
}

/** Connections that a client keeps open. */
export function openConnectionsOf(client: Client): ClientConnection[] {
  const { free, shared } = inside("clientConnections", inside("client", client).sender);
  return [...free, ...shared.filter((carrier) => carrier !== undefined)];
}
