import { expect, test } from "vitest";
import { createScenarioSchema, scenarioJsonSchema, scenarioKeys } from "./scenario-schema.ts";

const schema = scenarioJsonSchema() as {
  properties: Record<string, Record<string, unknown>>;
  required: string[];
  additionalProperties: boolean;
};

test("the editor's schema has every key, knows what is required and allows nothing else", () => {
  expect(schema).toMatchObject({
    $schema: "http://json-schema.org/draft-07/schema#",
    additionalProperties: false,
  });
  expect(Object.keys(schema.properties)).toEqual([...scenarioKeys, "variants"]);
  expect(schema.required).toEqual(["name", "duration", "clients"]);
  expect(Object.values(schema.properties).every((property) => typeof property.description === "string")).toBe(
    true,
  );
});

test("the editor's schema describes quantities by their units", () => {
  const text = JSON.stringify(schema.properties.duration);
  expect(text).toContain("(ns|us|ms|s|m|h)$");
  const { clients } = schema.properties as {
    clients: { additionalProperties: { required: string[]; properties: object } };
  };
  expect(clients.additionalProperties.required).toEqual(["to", "arrivals"]);
  expect(Object.keys(clients.additionalProperties.properties)).toContain("protocol");
});

test("keys that settings may add are those of the schema", () => {
  const keys = Object.keys(createScenarioSchema(() => "").shape);
  expect(keys.filter((key) => key !== "variants")).toEqual([...scenarioKeys]);
});
