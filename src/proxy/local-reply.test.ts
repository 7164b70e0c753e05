import { expect, it } from "vitest";
import { headOf } from "../../test/support/heads.ts";
import { NO_HEADERS } from "../network/stream.ts";
import { makeLocalReply } from "./local-reply.ts";

it("answers with text, and to HEAD with its headers alone", () => {
  const headers = new Map([["content-type", "text/plain"]]);
  expect(makeLocalReply(headOf(), 403, "no", NO_HEADERS)).toEqual({
    status: 403,
    body: "no",
    bodyBytes: 2,
    headers,
  });
  expect(makeLocalReply(headOf({ method: "HEAD" }), 403, "no", NO_HEADERS)).toEqual({
    status: 403,
    body: "",
    bodyBytes: 0,
    headers,
  });
});
