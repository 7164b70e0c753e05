import type { Request } from "../../../http/request.ts";
import type { RequestHead } from "../../../http/request-head.ts";
import type { ClientStream } from "../../client-stream.ts";
import type { Sender } from "../../sender.ts";
import type { Call, Layer, Step, Waiting } from "./step.ts";

/** Takes a client's requests through a chain of policies, in place of sending them itself. */
export class Library implements Sender {
  private readonly outermost: Layer;

  constructor(outermost: Layer) {
    this.outermost = outermost;
  }

  send(stream: ClientStream): void {
    const passage = new Passage(stream, this.outermost);
    stream.handling = passage;
    passage.start();
  }

  giveUp(stream: ClientStream): void {
    (stream.handling as Passage).abandon();
  }
}

/** A client's request while the library has it. */
class Passage implements Call, Waiting {
  readonly request: Request;
  readonly head: RequestHead;
  private readonly stream: ClientStream;
  private readonly step: Step;

  constructor(stream: ClientStream, outermost: Layer) {
    this.request = stream.request;
    this.head = stream.head;
    this.stream = stream;
    this.step = outermost.step(this, this);
  }

  start(): void {
    this.step.start();
  }

  abandon(): void {
    this.step.abandon();
  }

  onEnd(status: number): void {
    this.stream.handling = null;
    this.stream.over(status);
  }
}
