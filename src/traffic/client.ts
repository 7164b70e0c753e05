import { Request } from "../http/request.ts";
import type { Simulator } from "../kernel/simulator.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import type { Station } from "../network/station.ts";
import { LuckPurpose, luck } from "../random/luck.ts";
import type { Activity } from "../telemetry/activity.ts";
import { Outcome } from "../telemetry/outcome.ts";
import type { Recorder } from "../telemetry/recorder.ts";
import { ClientStream } from "./client-stream.ts";
import type { RequestTemplate } from "./request-template.ts";
import type { Sender } from "./sender.ts";
import { StandstillGuard } from "./standstill.ts";

export interface ClientOptions {
  /** Position among the clients of the scenario. */
  readonly index: number;
  readonly station: Station;
  readonly templates: readonly RequestTemplate[];
  /** Infinity: none. */
  readonly timeout: Nanoseconds;
  /** Whether each request is an attempt of its own: the target is a service, and no library tries again. */
  readonly isDirect: boolean;
}

/** Who asks: sends requests when its traffic tells it to, waits for answers, and records how they ended. */
export class Client {
  readonly options: ClientOptions;
  private readonly simulator: Simulator;
  private readonly recorder: Recorder;
  private readonly activity: Activity;
  private readonly sender: Sender;
  private readonly open: ClientStream[] = [];
  private readonly totalWeight: number;
  private readonly guard: StandstillGuard;
  private sent = 0;
  /** Called when a request of a closed loop's user has ended. */
  onUserFree: ((user: number) => void) | null = null;

  constructor(
    options: ClientOptions,
    simulator: Simulator,
    recorder: Recorder,
    activity: Activity,
    sender: Sender,
  ) {
    this.options = options;
    this.simulator = simulator;
    this.recorder = recorder;
    this.activity = activity;
    this.sender = sender;
    this.guard = new StandstillGuard(options.station.of);
    this.totalWeight = options.templates.reduce((sum, { weight }) => sum + weight, 0);
  }

  /**
   * Wants a request now; its chance derives from the 64-bit key. `user`: who waits for it in a closed loop.
   * `template`: the position of its template; -1: drawn by weight.
   */
  request(keyHigh: number, keyLow: number, user = -1, template = -1): void {
    const { options } = this;
    this.guard.check(this.simulator.now, this.simulator.events);
    const request = new Request(options.index, this.sent++, this.simulator.now, keyHigh, keyLow);
    const head = this.template(request, template).headFor(request, options.station.place);
    const stream = new ClientStream(this, request, head, user);
    stream.indexInClient = this.open.length;
    this.open.push(stream);
    this.activity.begin();
    this.recorder.journal?.requestWanted(request);
    if (options.timeout < Number.POSITIVE_INFINITY) {
      stream.timeout = this.simulator.timeout(options.timeout, timedOut, stream);
    }
    if (options.isDirect) this.recorder.attemptStarted(request);
    this.sender.send(stream);
  }

  /** A request has ended, with a status or an Outcome. */
  ended(stream: ClientStream, status: number): void {
    const { request } = stream;
    this.simulator.cancel(stream.timeout);
    if (this.options.isDirect && stream.connection !== null) {
      request.lastHost = stream.connection.out.path.to.number;
    }
    const last = this.open.pop()!;
    if (last !== stream) {
      this.open[stream.indexInClient] = last;
      last.indexInClient = stream.indexInClient;
    }
    this.recorder.requestEnded(request, status, this.simulator.now);
    if (stream.user >= 0) this.onUserFree!(stream.user);
    this.activity.end();
  }

  onTimeout(stream: ClientStream): void {
    stream.timeout = 0;
    this.sender.giveUp(stream);
    this.ended(stream, Outcome.timeout);
  }

  /** The run is over: whatever is still open is recorded as unfinished, oldest first. */
  finish(): void {
    const unfinished = [...this.open].sort((a, b) => a.request.ordinal - b.request.ordinal);
    for (const { request } of unfinished) {
      this.recorder.requestEnded(request, Outcome.unfinished, this.simulator.now);
    }
  }

  private template(request: Request, position: number): RequestTemplate {
    const { templates, station } = this.options;
    if (position >= 0) return templates[position]!;
    if (templates.length === 1) return templates[0]!;
    let left =
      this.totalWeight * luck(request.keyHigh, request.keyLow, station.place, 0, LuckPurpose.requestChoice);
    return templates.find(({ weight }) => (left -= weight) < 0) ?? templates[templates.length - 1]!;
  }
}

function timedOut(stream: ClientStream): void {
  stream.client.onTimeout(stream);
}
