import { headerValues, type RequestHead } from "../http/request-head.ts";
import { Fifo } from "../kernel/fifo.ts";
import type { Simulator } from "../kernel/simulator.ts";
import { wholeNanoseconds } from "../kernel/time.ts";
import type { Connection } from "../network/connection.ts";
import type { Acceptor, ProbeAnswer, Station } from "../network/station.ts";
import type { RequestHandler, ResponseHeaders, Stream } from "../network/stream.ts";
import type { Distribution } from "../random/distributions/distribution.ts";
import { LuckPurpose, luck } from "../random/luck.ts";
import type { Activity } from "../telemetry/activity.ts";
import type { HostTally } from "../telemetry/host-tally.ts";
import type { HostEffect } from "./host-effect.ts";
import { Job } from "./job.ts";
import { KeepAlive } from "./keep-alive.ts";
import { LoadMeter } from "./load-meter.ts";
import type { LocalCache } from "./rate-limit/fixed-window.ts";
import { type ErrorModel, type ServiceModel, statusFor } from "./service-model.ts";

const GRPC = "application/grpc";
const GRPC_OK: ResponseHeaders = new Map([
  ["content-type", GRPC],
  ["grpc-status", "0"],
]);
const GRPC_MESSAGE: ResponseHeaders = new Map([["content-type", GRPC]]);

function isGrpc(head: RequestHead): boolean {
  return headerValues(head, "content-type")[0]?.startsWith(GRPC) === true;
}

/** One host of a service: workers, a FIFO queue, and the faults on it. */
export class Instance implements Acceptor, RequestHandler {
  readonly station: Station;
  readonly model: ServiceModel;
  readonly tally: HostTally;
  private readonly simulator: Simulator;
  private readonly activity: Activity;
  private readonly connections = new Set<Connection>();
  /** Null where idle connections stay open. */
  private readonly keepAlive: KeepAlive | null;
  private readonly waiting = new Fifo<Job>();
  private readonly inService: Job[] = [];
  /** Requests that arrived while it was paused, in order. */
  private readonly unread: Job[] = [];
  /** Health checks that did so. */
  private readonly unreadChecks: Stream[] = [];
  private readonly effects: HostEffect[] = [];
  private time: Distribution;
  private errors: ErrorModel;
  /** Work done in a nanosecond: 1, less while slowed, 0 while paused. */
  private speed = 1;
  private isDown = false;
  private hangs = false;
  private reset = 0;
  /** Of which limits it knows that they are reached; lost with the process. */
  private limitCache: LocalCache | null;
  /** Null until somebody wants to know how busy it is. */
  private meter: LoadMeter | null;

  constructor(
    simulator: Simulator,
    activity: Activity,
    station: Station,
    model: ServiceModel,
    tally: HostTally,
  ) {
    this.simulator = simulator;
    this.activity = activity;
    this.station = station;
    this.model = model;
    this.tally = tally;
    this.time = model.time;
    this.errors = model.errors;
    this.limitCache = model.rateLimits?.newLocalCache() ?? null;
    this.meter = model.reportsLoad ? new LoadMeter(model.workers, simulator.now) : null;
    this.keepAlive =
      model.idleTimeout === Number.POSITIVE_INFINITY
        ? null
        : new KeepAlive(simulator, model.idleTimeout, (connection) => this.closeIdle(connection));
  }

  answerProbe(): ProbeAnswer | null {
    if (this.isDown || this.hangs || this.speed === 0) return null;
    this.meter ??= new LoadMeter(this.model.workers, this.simulator.now);
    return { requestsInFlight: this.requestsInFlight, latency: this.meter.medianTime };
  }

  private get requestsInFlight(): number {
    return this.inService.length + this.waiting.length;
  }

  private setBusy(): void {
    const { now } = this.simulator;
    this.tally.busyChanged(this.inService.length, now);
    this.meter?.busyChanged(this.inService.length, now);
  }

  accept(connection: Connection): "accepted" | "refused" {
    if (this.isDown) return "refused";
    connection.handler = this;
    this.connections.add(connection);
    this.keepAlive?.opened(connection);
    return "accepted";
  }

  connectionClosed(connection: Connection): void {
    this.connections.delete(connection);
    this.keepAlive?.closed(connection);
  }

  /** Nobody has asked anything on it for so long; a request that is under way to here meanwhile is lost. */
  private closeIdle(connection: Connection): void {
    this.connections.delete(connection);
    if (connection.protocol === "http2") connection.goAway();
    connection.closeByPeer();
  }

  handle(stream: Stream): void {
    if (stream.request.isHealthCheck) {
      this.answerCheck(stream);
      return;
    }
    this.tally.arrived(stream.request, this.simulator.now);
    this.keepAlive?.requestCame(stream.connection!);
    if (this.hangs) return;
    const job = new Job(this, stream, this.simulator.now);
    stream.handling = job;
    this.activity.begin();
    if (this.speed === 0) this.unread.push(job);
    else this.admit(job);
  }

  abandon(stream: Stream): void {
    const job = stream.handling as Job;
    job.isAbandoned = true;
    this.keepAlive?.requestEnded(stream.connection!);
    if (this.model.dropAbandoned && this.waiting.delete(job)) {
      this.tally.waitingChanged(this.waiting.length, this.simulator.now);
      this.activity.end();
    }
  }

  private admit(job: Job): void {
    if (job.isAbandoned && this.model.dropAbandoned) {
      this.activity.end();
    } else if (this.reset > 0 && this.luck(job, LuckPurpose.reset) < this.reset) {
      this.resetConnection(job.stream.connection!);
      this.activity.end();
    } else if (this.inService.length < this.model.workers) {
      this.start(job);
    } else if (this.waiting.length < this.model.queueLimit) {
      this.waiting.push(job);
      this.tally.waitingChanged(this.waiting.length, this.simulator.now);
    } else {
      this.answer(job, 503);
    }
  }

  /** Draws work and outcome, and begins to serve. */
  private start(job: Job): void {
    const { time } = this;
    const work = time.constant ?? time.quantile(this.luck(job, LuckPurpose.work));
    job.status =
      this.errors.statuses.length === 0 ? 200 : statusFor(this.errors, this.luck(job, LuckPurpose.error));
    job.indexInService = this.inService.length;
    this.inService.push(job);
    this.setBusy();
    job.remaining = wholeNanoseconds(work);
    this.proceed(job);
  }

  /** Schedules the end of a job at the present speed. */
  private proceed(job: Job): void {
    job.updatedAt = this.simulator.now;
    const time = wholeNanoseconds(job.remaining / this.speed);
    job.completion = this.speed === 0 ? 0 : this.simulator.after(time, complete, job);
  }

  complete(job: Job): void {
    const { inService, waiting } = this;
    const last = inService.pop()!;
    if (last !== job) {
      inService[job.indexInService] = last;
      last.indexInService = job.indexInService;
    }
    const next = waiting.shift();
    if (next === undefined) {
      this.setBusy();
    } else {
      this.tally.waitingChanged(waiting.length, this.simulator.now);
      this.start(next);
    }
    this.answer(job, job.status);
  }

  private answer(job: Job, status: number): void {
    const { stream } = job;
    const { now } = this.simulator;
    this.meter?.answered(status, now - job.arrivedAt, now);
    if (!job.isAbandoned) {
      if (this.model.reportsLoad) stream.responseHeaders = this.meter!.report(this.requestsInFlight, now);
      stream.status = status;
      stream.responseBodyBytes = this.model.bodyBytes;
      if (stream.head.rateLimitRequest !== undefined && status === 200) this.checkLimits(stream);
      stream.connection!.respond(stream);
      this.keepAlive?.requestEnded(stream.connection!);
    }
    this.activity.end();
  }

  /** A health check takes no worker and no time; while the host hangs or is paused it gets no answer. */
  private answerCheck(stream: Stream): void {
    if (this.hangs) return;
    if (this.speed === 0) {
      this.unreadChecks.push(stream);
      return;
    }
    if (stream.ended) return;
    const { request, visit, head } = stream;
    const u = luck(request.keyHigh, request.keyLow, this.model.place, visit, LuckPurpose.error);
    stream.status = this.errors.statuses.length === 0 ? 200 : statusFor(this.errors, u);
    stream.responseBodyBytes = this.model.bodyBytes;
    if (isGrpc(head) && stream.status === 200) stream.responseHeaders = GRPC_MESSAGE;
    stream.connection!.respond(stream);
  }

  /** A host that is no rate-limit service does not understand what it is asked. */
  private checkLimits(stream: Stream): void {
    const { rateLimits } = this.model;
    if (rateLimits === null) return;
    stream.responseHeaders = GRPC_OK;
    const { now } = this.simulator;
    stream.rateLimitResponse = rateLimits.check(stream.head.rateLimitRequest!, now, this.limitCache);
  }

  private resetConnection(connection: Connection): void {
    this.connections.delete(connection);
    // Nobody waits any longer for the other answers on it.
    for (const stream of [...connection.streams, ...connection.givenUp]) {
      if (stream.handling instanceof Job) this.abandon(stream);
    }
    this.keepAlive?.closed(connection);
    connection.closeByPeer("reset");
  }

  private luck(job: Job, purpose: number): number {
    const { request, visit } = job.stream;
    return luck(request.keyHigh, request.keyLow, this.model.place, visit, purpose);
  }

  addEffect(effect: HostEffect): void {
    this.effects.push(effect);
    this.applyEffects();
  }

  removeEffect(effect: HostEffect): void {
    this.effects.splice(this.effects.indexOf(effect), 1);
    this.applyEffects();
  }

  private applyEffects(): void {
    const { effects, model } = this;
    this.time = effects.findLast((effect) => effect.time !== undefined)?.time ?? model.time;
    this.errors = effects.findLast((effect) => effect.errors !== undefined)?.errors ?? model.errors;
    this.hangs = effects.some((effect) => effect.hangs);
    this.reset = 1 - effects.reduce((kept, effect) => kept * (1 - effect.reset), 1);
    const wasDown = this.isDown;
    this.isDown = effects.some((effect) => effect.isDown);
    if (this.isDown && !wasDown) this.goDown();
    const isPaused = effects.some((effect) => effect.isPaused);
    this.changeSpeed(isPaused ? 0 : effects.reduce((speed, effect) => speed / effect.slow, 1));
  }

  private goDown(): void {
    const { now } = this.simulator;
    for (const job of this.inService) this.simulator.cancel(job.completion);
    const lost = this.inService.length + this.waiting.length + this.unread.length;
    this.inService.length = 0;
    this.waiting.clear();
    this.unread.length = 0;
    this.unreadChecks.length = 0;
    this.limitCache = this.model.rateLimits?.newLocalCache() ?? null;
    this.setBusy();
    this.tally.waitingChanged(0, now);
    for (const connection of [...this.connections]) this.resetConnection(connection);
    for (let i = 0; i < lost; i++) this.activity.end();
  }

  private changeSpeed(speed: number): void {
    if (speed === this.speed) return;
    const { now } = this.simulator;
    const before = this.speed;
    this.speed = speed;
    this.keepAlive?.pause(speed === 0);
    for (const job of this.inService) {
      this.simulator.cancel(job.completion);
      // The end was rounded to a whole nanosecond, so it may lie behind the work by less than that.
      job.remaining = Math.max(0, job.remaining - (now - job.updatedAt) * before);
      this.proceed(job);
    }
    if (speed === 0) return;
    for (const stream of this.unreadChecks.splice(0)) this.answerCheck(stream);
    for (const job of this.unread.splice(0)) this.admit(job);
  }
}

function complete(job: Job): void {
  job.instance.complete(job);
}
