import type { Request } from "../../http/request.ts";
import type { RequestHead } from "../../http/request-head.ts";
import { Stream } from "../../network/stream.ts";

/** Who has sent a check and hears of its answer. */
export interface CheckSender {
  onAnswer(stream: CheckStream): void;
  /** The exchange or its connection broke. */
  onReset(stream: CheckStream): void;
}

/** One check on its way to a host. */
export class CheckStream extends Stream {
  readonly sender: CheckSender;

  constructor(sender: CheckSender, request: Request, head: RequestHead) {
    super(request, head, false);
    this.sender = sender;
  }

  override onResponse(): void {
    this.sender.onAnswer(this);
  }

  override onReset(): void {
    this.sender.onReset(this);
  }
}
