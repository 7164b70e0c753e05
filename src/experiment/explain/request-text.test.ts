import { expect, test } from "vitest";
import { headOfRequest, parseRequest } from "./request-text.ts";

function read(text: string) {
  const parsed = parseRequest(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.request;
}

test("a request is a method, a path, and names with values; quotes keep blanks", () => {
  const { head, source } = read(
    `POST /a?b=c host=shop.example scheme=https X-Note="two words" x-note='and "more"' source=10.1.2.3 x-eq=a=b`,
  );
  expect(head).toEqual({
    method: "POST",
    scheme: "https",
    authority: "shop.example",
    path: "/a?b=c",
    headers: new Map([
      ["x-note", ["two words", 'and "more"']],
      ["x-eq", ["a=b"]],
    ]),
    bodyBytes: 0,
  });
  expect(source).toBe("10.1.2.3");
});

test("without a method it is GET; CONNECT needs no path", () => {
  expect(read("/x :authority=a").head).toMatchObject({ method: "GET", path: "/x", authority: "a" });
  expect(read("CONNECT host=a:443").head).toMatchObject({ method: "CONNECT", path: "", authority: "a:443" });
});

test("{n} is the number of the request; without it all share one head", () => {
  const plain = read("GET / x-user=7");
  expect(headOfRequest(plain, 1)).toBe(headOfRequest(plain, 2));
  expect(headOfRequest(read("GET /{n} x-user=u{n}"), 12)).toMatchObject({
    path: "/12",
    headers: new Map([["x-user", ["u12"]]]),
  });
});

test.each([
  ["", 0, 0, "empty"],
  ["GET cart", 4, 8, '"cart" is not a path'],
  ["GET /cart shop", 10, 14, "not name=value"],
  ["GET /cart :path=/x", 10, 18, "cannot be set"],
  ['GET /cart x="y', 12, 14, "not closed"],
])("%j is refused where it is wrong", (text, start, end, message) => {
  expect(parseRequest(text)).toMatchObject({
    ok: false,
    start,
    end,
    message: expect.stringContaining(message),
  });
});
