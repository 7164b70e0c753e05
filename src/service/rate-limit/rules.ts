import type { Descriptor } from "../../http/rate-limit-call.ts";
import { FixedWindow, type LimitCounts, noCounts, type RateLimit } from "./fixed-window.ts";

/** A descriptor of the service's configuration. */
export interface RateLimitRule {
  readonly key: string;
  /** Undefined: any value, each counted for itself; with `*` at its end it stands for all that begin so. */
  readonly value?: string | undefined;
  /** Undefined: it only leads to those below it. */
  readonly limit?: RateLimit | "unlimited" | undefined;
  /** Hits over the limit are counted and pass. */
  readonly isShadow: boolean;
  readonly descriptors: readonly RateLimitRule[];
}

/** The limit of a rule with what it has counted, one window for each key. */
export class CompiledLimit {
  readonly limit: RateLimit;
  readonly isShadow: boolean;
  readonly counts: LimitCounts = noCounts();
  private readonly windows = new Map<string, FixedWindow>();
  private sweepAt = 1024;

  constructor(limit: RateLimit, isShadow: boolean) {
    this.limit = limit;
    this.isShadow = isShadow;
  }

  windowOf(descriptor: Descriptor, now: number): FixedWindow {
    const key = JSON.stringify(descriptor.map(({ key, value }) => [key, value]));
    let window = this.windows.get(key);
    if (window === undefined) {
      if (this.windows.size >= this.sweepAt) this.sweep(now);
      this.windows.set(key, (window = new FixedWindow(this.limit, this.counts)));
    }
    return window;
  }

  /** Forgets windows that have passed, as a store with expiring keys does. */
  private sweep(now: number): void {
    for (const [key, window] of this.windows) if (window.isOverAt(now)) this.windows.delete(key);
    this.sweepAt = Math.max(1024, 2 * this.windows.size);
  }
}

/** The rules of one level by `key` or `key_value`, in their order. */
interface Level {
  readonly byKey: ReadonlyMap<string, Node>;
  /** Of values that end with `*`, without it. */
  readonly wildcards: readonly (readonly [prefix: string, node: Node])[];
}

interface Node {
  readonly limit: CompiledLimit | "unlimited" | undefined;
  readonly below: Level;
}

/** Finds the limit of a descriptor (github.com/envoyproxy/ratelimit, src/config/config_impl.go). */
export class RateLimitRules {
  private readonly top: Level;

  constructor(rules: readonly RateLimitRule[]) {
    this.top = compile(rules);
  }

  /** At each level the rule of key and value counts before one with `*`, and that before one of the key alone. */
  find(descriptor: Descriptor): CompiledLimit | "unlimited" | undefined {
    let level = this.top;
    for (const [index, { key, value }] of descriptor.entries()) {
      const node = nodeOf(level, key, value);
      if (node === undefined) return undefined;
      if (index === descriptor.length - 1) return node.limit;
      level = node.below;
    }
    return undefined;
  }
}

function nodeOf({ byKey, wildcards }: Level, key: string, value: string): Node | undefined {
  const both = `${key}_${value}`;
  return byKey.get(both) ?? wildcards.find(([prefix]) => both.startsWith(prefix))?.[1] ?? byKey.get(key);
}

function compile(rules: readonly RateLimitRule[]): Level {
  const named = rules.map((rule) => [nameOf(rule), nodeFor(rule)] as const);
  const wildcards = named.flatMap(([name, node], index) =>
    rules[index]!.value?.endsWith("*") ? [[name.slice(0, -1), node] as const] : [],
  );
  return { byKey: new Map(named), wildcards };
}

/** How the reference service knows a rule among those of its level. */
export function nameOf({ key, value }: Pick<RateLimitRule, "key" | "value">): string {
  return value === undefined ? key : `${key}_${value}`;
}

function nodeFor({ limit, isShadow, descriptors }: RateLimitRule): Node {
  const compiled = typeof limit === "object" ? new CompiledLimit(limit, isShadow) : limit;
  return { limit: compiled, below: compile(descriptors) };
}
