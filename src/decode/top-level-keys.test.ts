import { expect, test } from "vitest";
import { topLevelKeys } from "./top-level-keys.ts";

test.each([
  ["a block", "# head\n---\nname: a\nservices:\n  admin: { node: 1 }\n", ["name", "services"]],
  ["quoted keys", "\"node\": { id: a }\n'static_resources': {}\n", ["node", "static_resources"]],
  ["a block moved in as a whole", "  node:\n    id: a\n  admin: {}\n", ["node", "admin"]],
  [
    "Windows line ends and a byte order mark",
    "\uFEFFname: a\r\nclients:\r\n  node: {}\r\n",
    ["name", "clients"],
  ],
  ["JSON", '{\n  "admin": { "node": {} },\n  "static_resources": {}\n}', ["admin", "static_resources"]],
  ["JSON with a mistake", '{ "admin": { "node": [ { "a": 1 } ] }, "configs": [], }', ["admin", "configs"]],
  ["a flow mapping", "{ name: a, services: { admin: {} } }", ["name", "services"]],
  ["a list", "- name: a\n- node: b\n", []],
  ["nothing", "# nothing\n", []],
])("%s", (_, text, keys) => {
  expect(topLevelKeys(text)).toEqual(keys);
});
