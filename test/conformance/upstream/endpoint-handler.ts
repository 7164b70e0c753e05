import type { Behaviour, Endpoint } from "../case.ts";
import { type Received, Script } from "./behaviour.ts";

/** What a server has read of a request. */
export interface Arrival extends Omit<Received, "n" | "endpoint"> {
  readonly isCheck: boolean;
}

/** One endpoint of a case: it notes the requests and says what happens to them. */
export class EndpointHandler {
  private readonly address: string;
  private readonly script: Script;
  private readonly received: Received[];

  /** Requests of the case are added to `received` as they arrive. */
  constructor(address: string, endpoint: Endpoint, received: Received[]) {
    this.address = address;
    this.script = new Script(endpoint);
    this.received = received;
  }

  receive({ isCheck, ...request }: Arrival): Behaviour {
    const number = request.headers["x-case-n"];
    if (number !== undefined && !isCheck)
      this.received.push({ ...request, n: Number(number), endpoint: this.address });
    return this.script.next(number, isCheck);
  }

  after(delayMs: number, act: () => void): void {
    if (delayMs === 0) act();
    else setTimeout(act, delayMs);
  }
}

/** Envoy's health checker names itself. */
export function isCheck(userAgent: string | undefined): boolean {
  return userAgent?.startsWith("Envoy/HC") === true;
}
