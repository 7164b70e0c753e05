import type { ClientStream } from "./client-stream.ts";

/** Takes requests of a client to its target and sees to it that their streams end. */
export interface Sender {
  send(stream: ClientStream): void;
  /** The client does not wait any longer. */
  giveUp(stream: ClientStream): void;
}
