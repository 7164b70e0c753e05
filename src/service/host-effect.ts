import type { Distribution } from "../random/distributions/distribution.ts";
import type { ErrorModel } from "./service-model.ts";

/** What a fault changes at a host while it holds. */
export interface HostEffect {
  /** Multiplies remaining and later work; several multiply. */
  readonly slow: number;
  /** Replaces the service time; the last that began wins. */
  readonly time: Distribution | undefined;
  /** Replaces the errors; the last that began wins. */
  readonly errors: ErrorModel | undefined;
  /** Connections are reset, work is lost, connection attempts are refused. */
  readonly isDown: boolean;
  /** Requests that arrive meanwhile are never answered. */
  readonly hangs: boolean;
  /** All stops, and resumes afterwards. */
  readonly isPaused: boolean;
  /** Share of requests whose connection is closed with RST in place of service. */
  readonly reset: number;
}
