import type { Request } from "../http/request.ts";
import type { Nanoseconds } from "../kernel/time.ts";

/** Hears what becomes of each request while it happens, for who wants to tell it. It never changes the run. */
export interface Journal {
  requestWanted(request: Request): void;
  /**
   * A proxy, by its station's number, makes an attempt. `exchange` is what it knows the request by; `host` is
   * `ip:port`, undefined where none was found, which ends the attempt.
   */
  attemptStarted(
    exchange: object,
    request: Request,
    proxy: number,
    host: string | undefined,
    now: Nanoseconds,
  ): void;
  /** `result`: a status, or why the attempt was reset. */
  attemptEnded(exchange: object, host: string, result: number | string, now: Nanoseconds): void;
  /** With a status or an Outcome, at its client. */
  requestEnded(request: Request, status: number, now: Nanoseconds): void;
}
