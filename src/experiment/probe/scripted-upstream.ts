import { ResetReason } from "../../http/reset-reason.ts";
import type { Simulator } from "../../kernel/simulator.ts";
import { MILLISECOND, type Nanoseconds } from "../../kernel/time.ts";
import type { Connection } from "../../network/connection.ts";
import type { Acceptor } from "../../network/station.ts";
import type { RequestHandler, Stream } from "../../network/stream.ts";
import type { UpstreamBehaviour, UpstreamScript } from "./probe-case.ts";

/**
 * What RST_STREAM means by its code: 1 is PROTOCOL_ERROR, 7 REFUSED_STREAM, which says that the request was not
 * looked at (Envoy 1.40, errorCodeToResetReason in source/common/http/http2/codec_impl.cc).
 */
const RESET_REASONS: ReadonlyMap<number, ResetReason> = new Map([
  [1, ResetReason.protocolError],
  [7, ResetReason.remoteRefusedStreamReset],
]);
/** An answer that breaks off: announced bytes, and the time until the connection closes. */
const ANNOUNCED_BYTES = 100;
const BREAK_OFF_DELAY: Nanoseconds = 30 * MILLISECOND;

/** A request at a scripted upstream, from its arrival to its answer. */
class Exchange {
  readonly upstream: ScriptedUpstream;
  readonly stream: Stream;
  readonly behaviour: UpstreamBehaviour;
  isAbandoned = false;

  constructor(upstream: ScriptedUpstream, stream: Stream, behaviour: UpstreamBehaviour) {
    this.upstream = upstream;
    this.stream = stream;
    this.behaviour = behaviour;
  }
}

/** An endpoint that does with each request what its script says. */
export class ScriptedUpstream implements Acceptor, RequestHandler {
  private readonly simulator: Simulator;
  private readonly script: UpstreamScript;
  /** Told of every request when it arrives. */
  private readonly onRequest: (address: string, stream: Stream) => void;
  private position = 0;
  /** Health checks so far. */
  private checks = 0;

  constructor(
    simulator: Simulator,
    script: UpstreamScript,
    onRequest: (address: string, stream: Stream) => void,
  ) {
    this.simulator = simulator;
    this.script = script;
    this.onRequest = onRequest;
  }

  accept(connection: Connection): "accepted" | "refused" | "ignored" {
    const { accepts } = this.script;
    if (accepts !== "accept") return accepts === "refuse" ? "refused" : "ignored";
    connection.handler = this;
    return "accepted";
  }

  /** The other side has closed a connection: nothing is kept about connections. */
  connectionClosed(): void {}

  handle(stream: Stream): void {
    const { script } = this;
    const { isHealthCheck } = stream.request;
    // Whoever waits for the other side to begin gets something only from one that does.
    if (stream.isSilent && !script.otherwise.speaksFirst) return;
    if (!isHealthCheck) this.onRequest(script.address, stream);
    const behaviour = isHealthCheck
      ? (script.health.script[this.checks++] ?? script.health.otherwise)
      : (script.script[this.position++] ?? script.otherwise);
    if (behaviour.does === "hang") return;
    const exchange = new Exchange(this, stream, behaviour);
    stream.handling = exchange;
    if (behaviour.delay === 0) this.act(exchange);
    else this.simulator.after(behaviour.delay, act, exchange);
  }

  abandon(stream: Stream): void {
    (stream.handling as Exchange).isAbandoned = true;
  }

  act({ stream, behaviour, isAbandoned }: Exchange): void {
    const connection = stream.connection!;
    if (isAbandoned) return;
    switch (behaviour.does) {
      case "answer":
        this.answer(stream, behaviour);
        break;
      case "break-off":
        stream.isResponseComplete = false;
        this.answer(stream, { ...behaviour, bodyBytes: ANNOUNCED_BYTES });
        this.simulator.after(BREAK_OFF_DELAY, breakOff, connection);
        break;
      case "reset":
        this.reset(stream, behaviour);
        break;
      case "garbage":
        connection.closeByPeer("malformed");
        break;
    }
  }

  private answer(stream: Stream, { status, headers, bodyBytes }: UpstreamBehaviour): void {
    stream.status = status;
    stream.responseHeaders = headers;
    stream.responseBodyBytes = bodyBytes;
    // It is left to the proxy to close the connection after such an answer.
    stream.closesConnection =
      stream.connection!.protocol === "http1" && headers.get("connection") === "close";
    stream.connection!.respond(stream);
  }

  private reset(stream: Stream, { http2Error, closing }: UpstreamBehaviour): void {
    const connection = stream.connection!;
    if (connection.protocol !== "http2") {
      connection.closeByPeer(closing);
    } else {
      connection.resetByPeer(stream, RESET_REASONS.get(http2Error) ?? ResetReason.remoteReset);
    }
  }
}

function act(exchange: Exchange): void {
  exchange.upstream.act(exchange);
}

/** HTTP/1.1 notices that announced bytes are missing; for HTTP/2 the connection is just gone. */
function breakOff(connection: Connection): void {
  connection.closeByPeer(connection.protocol === "http1" ? "truncated" : "closed");
}
