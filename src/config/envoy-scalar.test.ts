import { expect, test } from "vitest";
import { jsonScalar, yamlScalar } from "./envoy-scalar.ts";

const span = { location: { file: "f", line: 1, column: 1, length: 1 } };
const plain = (text: string) => yamlScalar({ kind: "scalar", text, quoted: false, value: text, span });
const quoted = (text: string) => yamlScalar({ kind: "scalar", text, quoted: true, value: text, span });

// yaml-cpp's conversions as Envoy's parseYamlNode uses them, measured with Envoy 1.40.0.
test("YAML scalars are taken as Envoy takes them", () => {
  for (const word of ["y", "Y", "yes", "Yes", "YES", "true", "True", "on", "ON"])
    expect(plain(word)).toEqual({ kind: "bool", value: true });
  for (const word of ["n", "no", "False", "off"]) expect(plain(word)).toEqual({ kind: "bool", value: false });
  for (const word of ["yEs", "tRUE", "t", "08", "1_000", "0o17", "0b1", "1.5", "1e3", ".inf", "2020-01-01"]) {
    expect(plain(word)).toEqual({ kind: "string", text: word });
  }
  for (const word of ["", "~", "null", "Null", "NULL"]) expect(plain(word)).toEqual({ kind: "null" });
  expect(plain("0144")).toEqual({ kind: "number", text: "100" });
  expect(plain("0x1F90")).toEqual({ kind: "number", text: "8080" });
  expect(plain("-0")).toEqual({ kind: "number", text: "0" });
  expect(plain("2147483647")).toEqual({ kind: "number", text: "2147483647" });
  expect(plain("2147483648")).toEqual({ kind: "string", text: "2147483648" });
  expect(plain("9223372036854775808")).toEqual({ kind: "string", text: "9223372036854775808" });
  expect(quoted("yes")).toEqual({ kind: "string", text: "yes" });
  expect(quoted("")).toEqual({ kind: "string", text: "" });
});

test("JSON scalars are what they look like", () => {
  expect(jsonScalar({ kind: "scalar", text: "1.50", quoted: false, value: 1.5, span })).toEqual({
    kind: "number",
    text: "1.50",
  });
  expect(jsonScalar({ kind: "scalar", text: "on", quoted: true, value: "on", span })).toEqual({
    kind: "string",
    text: "on",
  });
});
