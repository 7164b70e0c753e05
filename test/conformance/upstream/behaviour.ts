import type { Behaviour, Endpoint } from "../case.ts";

/** Answers that break off: bytes announced, bytes sent, and the time until the connection closes. */
export const ANNOUNCED_BYTES = 100;
export const SENT_BEFORE_BREAK = "xxxx";
export const BREAK_OFF_MS = 30;
export const GARBAGE = "this is not HTTP\r\n\r\n";

/** A request (attempt) that an endpoint has received. */
export interface Received {
  readonly n: number;
  readonly endpoint: string;
  readonly method: string;
  readonly authority: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The position of one endpoint in its scripts. */
export class Script {
  private readonly endpoint: Endpoint;
  private requests = 0;
  private checks = 0;

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint;
  }

  /** Requests of the case consume the script, health checks that of `health`, and others nothing. */
  next(caseNumber: string | undefined, isCheck: boolean): Behaviour {
    const { script = [], default: otherwise = {}, health } = this.endpoint;
    if (isCheck) return health?.script?.[this.checks++] ?? health?.default ?? {};
    return (caseNumber === undefined ? undefined : script[this.requests++]) ?? otherwise;
  }
}

/** A gRPC status comes with the headers, as the whole answer. */
export function headersOf({ headers = {}, grpc_status }: Behaviour): Readonly<Record<string, string>> {
  if (grpc_status === undefined) return headers;
  return { ...headers, "content-type": "application/grpc", "grpc-status": String(grpc_status) };
}
