import { didYouMean } from "../decode/nearest.ts";
import { isAddress } from "./address.ts";
import { flaw, type Read } from "./schema/flaw.ts";
import type { Selector } from "./selector.ts";

const kinds = ["zone", "client", "proxy", "service"] as const;

/** `zone:Z`, `client:N`, `proxy:N`, `service:N`, an address (with or without port), or `*`. */
export function parseSelector(text: string): Read<Selector> {
  if (text === "*") return { ok: true, value: { kind: "any" } };
  if (isAddress(text)) return { ok: true, value: { kind: "address", address: text } };
  const [, word, name = ""] = /^([^:]*):(.+)$/s.exec(text) ?? [];
  const kind = kinds.find((each) => each === word);
  if (kind === undefined) return refuse(text, word);
  return { ok: true, value: kind === "zone" ? { kind, zone: name } : { kind, name } };
}

function refuse(text: string, word: string | undefined): Read<never> {
  const hint = word === undefined ? "" : didYouMean(word, kinds);
  return flaw("bad-selector", `"${text}" does not say which stations are meant${hint}`, {
    remedy: "write zone:NAME, client:NAME, proxy:NAME, service:NAME, an address, or *",
  });
}
