import type { Json } from "../decode/message.ts";
import type { Problem, Problems } from "../decode/problem.ts";
import type { ScalarNode, Span, TextNode } from "../decode/text-node.ts";
import type { EnvoyScalar } from "./envoy-scalar.ts";
import type { Positions } from "./positions.ts";
import type { Fault } from "./scalar-field.ts";

type MessageReader = (node: TextNode, typeName: string, path: string, reading: Reading) => Json | undefined;

/** What one reading of a configuration text shares: how scalars are taken, and where problems go. */
export class Reading {
  readonly scalar: (node: ScalarNode) => EnvoyScalar;
  readonly positions: Positions;
  readonly #message: MessageReader;
  /** Paths of messages in which something could not be read; rules that miss it there say nothing new. */
  readonly damaged = new Set<string>();
  readonly #problems: Problems;

  constructor(
    scalar: (node: ScalarNode) => EnvoyScalar,
    message: MessageReader,
    positions: Positions,
    problems: Problems,
  ) {
    this.scalar = scalar;
    this.#message = message;
    this.positions = positions;
    this.#problems = problems;
  }

  /** Reads a message within the one being read; undefined when it cannot be one of this type. */
  message(node: TextNode, typeName: string, path: string): Json | undefined {
    return this.#message(node, typeName, path, this);
  }

  error(code: string, path: string, span: Span, message: string, remedy = ""): void {
    this.#add("error", code, path, span, message, remedy);
  }

  warning(code: string, path: string, span: Span, message: string, remedy = ""): void {
    this.#add("warning", code, path, span, message, remedy);
  }

  fault(fault: Fault, field: string, path: string, span: Span): void {
    this.error(fault.code, path, span, `${field} ${fault.fault}`, fault.remedy);
  }

  #add(
    severity: Problem["severity"],
    code: string,
    path: string,
    span: Span,
    message: string,
    remedy: string,
  ): void {
    this.#problems.add({ severity, code, message, remedy, location: span.location, path });
  }
}

/** The last part of a full type name, as people call it. */
export function shortName(typeName: string): string {
  return typeName.slice(typeName.lastIndexOf(".") + 1);
}

/** How a path is named in a message: by its last field, with the one before it where that alone says little. */
export function what(path: string): string {
  if (path === "") return "the configuration";
  const steps = path.split(".");
  return steps.slice(/^(value|default_value)$/.test(steps.at(-1)!) ? -2 : -1).join(".");
}

export function nodeKind(node: TextNode): string {
  if (node.kind === "list") return "a list";
  if (node.kind === "map") return "a mapping";
  return node.text === "" && !node.quoted ? "nothing" : JSON.stringify(node.text);
}
