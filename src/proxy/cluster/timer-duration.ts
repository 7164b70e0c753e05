import type { Message } from "../../decode/message.ts";
import { MILLISECOND, type Nanoseconds } from "../../kernel/time.ts";

/**
 * A duration as Envoy's timers have it: whole milliseconds, what is below one is cut off
 * (Envoy 1.40, PROTOBUF_GET_MS_OR_DEFAULT in source/common/protobuf/utility.h).
 */
export function timerDuration(message: Message, field: string): Nanoseconds | undefined;
export function timerDuration(message: Message, field: string, otherwise: Nanoseconds): Nanoseconds;
export function timerDuration(
  message: Message,
  field: string,
  otherwise?: Nanoseconds,
): Nanoseconds | undefined {
  const duration = message.duration(field);
  return duration === undefined ? otherwise : duration - (duration % MILLISECOND);
}
