import { asciiLowerCase } from "../matching/ascii.ts";

/**
 * Finds a virtual host by the request's host: an exact domain first, then the longest `*suffix`, then the
 * longest `prefix*`, then `*` (Envoy 1.40, source/common/router/config_impl.cc: RouteMatcher). A wildcard
 * stands for at least one character.
 */
export class VirtualHostIndex<VirtualHost> {
  readonly #exact = new Map<string, VirtualHost>();
  readonly #suffixes = new WildcardDomains<VirtualHost>((host, length) => host.slice(-length));
  readonly #prefixes = new WildcardDomains<VirtualHost>((host, length) => host.slice(0, length));
  #otherwise: VirtualHost | null = null;
  #onlyOtherwise = true;

  /** Registers a domain; false when it is there already, which Envoy refuses. */
  add(domain: string, virtualHost: VirtualHost): boolean {
    const name = asciiLowerCase(domain);
    if (name === "*") {
      if (this.#otherwise !== null) return false;
      this.#otherwise = virtualHost;
      return true;
    }
    this.#onlyOtherwise = false;
    if (name.startsWith("*")) return this.#suffixes.add(name.slice(1), virtualHost);
    if (name.endsWith("*")) return this.#prefixes.add(name.slice(0, -1), virtualHost);
    if (this.#exact.has(name)) return false;
    this.#exact.set(name, virtualHost);
    return true;
  }

  /** Undefined stands for a request without a host, which only a sole `*` takes. */
  find(host: string | undefined): VirtualHost | null {
    if (this.#onlyOtherwise) return this.#otherwise;
    if (host === undefined) return null;
    const name = asciiLowerCase(host);
    return this.#exact.get(name) ?? this.#suffixes.find(name) ?? this.#prefixes.find(name) ?? this.#otherwise;
  }

  /** Every domain that fits, in the order in which `find` asks for them: it takes the first. */
  *fitting(
    host: string | undefined,
  ): Generator<{ readonly domain: string; readonly virtualHost: VirtualHost }> {
    if (host !== undefined && !this.#onlyOtherwise) {
      const name = asciiLowerCase(host);
      const exact = this.#exact.get(name);
      if (exact !== undefined) yield { domain: name, virtualHost: exact };
      for (const [text, virtualHost] of this.#suffixes.fitting(name))
        yield { domain: `*${text}`, virtualHost };
      for (const [text, virtualHost] of this.#prefixes.fitting(name))
        yield { domain: `${text}*`, virtualHost };
    }
    if (this.#otherwise !== null && (host !== undefined || this.#onlyOtherwise))
      yield { domain: "*", virtualHost: this.#otherwise };
  }
}

/** Domains with a wildcard at one end, by the length of the fixed text. */
class WildcardDomains<VirtualHost> {
  readonly #part: (host: string, length: number) => string;
  readonly #byText = new Map<string, VirtualHost>();
  /** Without repetition, the longest first. */
  #lengths: number[] = [];

  constructor(part: (host: string, length: number) => string) {
    this.#part = part;
  }

  add(text: string, virtualHost: VirtualHost): boolean {
    if (this.#byText.has(text)) return false;
    this.#byText.set(text, virtualHost);
    if (!this.#lengths.includes(text.length))
      this.#lengths = [...this.#lengths, text.length].sort((a, b) => b - a);
    return true;
  }

  find(host: string): VirtualHost | undefined {
    for (const length of this.#lengths) {
      if (length >= host.length) continue;
      const found = this.#byText.get(this.#part(host, length));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Every text that fits with its virtual host, the longest first. */
  *fitting(host: string): Generator<readonly [text: string, VirtualHost]> {
    for (const length of this.#lengths) {
      if (length >= host.length) continue;
      const text = this.#part(host, length);
      const found = this.#byText.get(text);
      if (found !== undefined) yield [text, found];
    }
  }
}
