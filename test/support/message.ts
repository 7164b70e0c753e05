import { type JsonObject, Message, ReadLog } from "../../src/decode/message.ts";

/** A message for tests, from its proto3 JSON form. */
export function messageOf(json: JsonObject, path = "config"): Message {
  return new Message(json, path, new ReadLog());
}
