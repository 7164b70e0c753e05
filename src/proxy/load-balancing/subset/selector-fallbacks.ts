import type { SelectorFallback, SubsetSelector } from "./subset-options.ts";

export interface FallbackRule {
  readonly policy: SelectorFallback;
  /** For KEYS_SUBSET: the keys that still count. */
  readonly keys: readonly string[];
}

interface Node {
  readonly children: Map<string, Node>;
  rule: FallbackRule | undefined;
}

/**
 * The fallbacks of selectors, in a tree by their sorted keys. As in Envoy a selector's own fallback is lost when
 * its keys are the first keys of a selector before it: it counts only where its last key is new to the tree.
 */
export class SelectorFallbacks {
  readonly #root: Node = { children: new Map(), rule: undefined };

  constructor(selectors: readonly SubsetSelector[]) {
    for (const { keys, fallback, fallbackKeys } of selectors)
      this.#add(keys, { policy: fallback, keys: fallbackKeys });
  }

  /** The rule for a request that wants these keys, in ascending order; undefined where no selector has one. */
  ruleFor(keys: readonly string[]): FallbackRule | undefined {
    let node: Node | undefined = this.#root;
    for (const key of keys) {
      node = node.children.get(key);
      if (node === undefined) return undefined;
    }
    return node.rule?.policy === "NOT_DEFINED" ? undefined : node.rule;
  }

  #add(keys: readonly string[], rule: FallbackRule): void {
    let node = this.#root;
    keys.forEach((key, i) => {
      let child = node.children.get(key);
      if (child === undefined) {
        child = { children: new Map(), rule: i === keys.length - 1 ? rule : undefined };
        node.children.set(key, child);
      }
      node = child;
    });
  }
}
