import type { Json } from "../decode/message.ts";
import type { Problems } from "../decode/problem.ts";
import type { ScalarNode, TextNode } from "../decode/text-node.ts";
import { messageType } from "./descriptors.ts";
import type { EnvoyScalar } from "./envoy-scalar.ts";
import type { Positions } from "./positions.ts";
import { readAny } from "./read-any.ts";
import { readFields } from "./read-fields.ts";
import { nodeKind, Reading, shortName, what } from "./reading.ts";
import { readWellKnown, wellKnownTypes } from "./well-known-types.ts";

/** A reading of messages whose scalars are taken as `scalar` says. */
export function newReading(
  scalar: (node: ScalarNode) => EnvoyScalar,
  positions: Positions,
  problems: Problems,
): Reading {
  return new Reading(scalar, readMessage, positions, problems);
}

/**
 * Reads a message by its definition, as Envoy does: into the proto3 JSON form with proto field names, fields
 * at their default left out where the definition knows no absence. Everything wrong is reported, and what is
 * right is kept. Undefined when the node cannot be a message of this type at all.
 */
function readMessage(node: TextNode, typeName: string, path: string, reading: Reading): Json | undefined {
  if (typeName === "google.protobuf.Any") return readAny(node, path, reading);
  if (wellKnownTypes.has(typeName)) return readWellKnown(node, typeName, path, reading);
  if (node.kind !== "map") {
    reading.error(
      "wrong-type",
      path,
      node.span,
      `${what(path)} must be a mapping (${shortName(typeName)}), not ${nodeKind(node)}`,
    );
    return undefined;
  }
  return readFields(node, messageType(typeName)!, path, reading);
}
