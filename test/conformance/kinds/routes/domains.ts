import type { Draw } from "../../draw.ts";

const DOMAINS = [
  "*",
  "*:9090",
  "*.test",
  "*y.test",
  "*.pay.test",
  "*.shop.test",
  "*.api.shop.test",
  "*.shop.test:9090",
  "*-v2.shop.test",
  "api.*",
  "api.shop.*",
  "shop.*",
  "shop-*",
  "shop.test",
  "shop.test:80",
  "pay.test",
  "pay.test:8443",
  "blog.pay.test",
  "api.shop.test",
  "API.mixed.test",
  "a.b.c.test",
  "[::1]:80",
  "127.0.0.1",
];
const STARTS = ["x", "api", "a.b", "m-v2", "long-name", "sub", ""];
const ENDS = ["org", "co.uk", "x", "test", "co.uk:80", ""];

/** Domains for some virtual hosts, no domain twice. */
export function drawDomains(draw: Draw, virtualHosts: number): string[][] {
  const all = draw.shuffled(DOMAINS);
  return draw.list(virtualHosts, () => all.splice(0, draw.whole(1, 2)));
}

/** An authority that may or may not match one of the domains. */
export function drawAuthority(draw: Draw, domains: readonly string[]): string {
  const domain = draw.chance(0.85) ? draw.pick(domains) : draw.pick(DOMAINS);
  let authority = domain;
  if (domain === "*") authority = draw.pick(["x.test", "xy.test", "other.org", "shop.example"]);
  else if (domain.startsWith("*")) authority = draw.pick(STARTS) + domain.slice(1);
  else if (domain.endsWith("*")) authority = domain.slice(0, -1) + draw.pick(ENDS);
  if (authority === "" || authority.startsWith(":")) authority = `x${authority}`;
  if (draw.chance(0.08)) authority = authority.toUpperCase();
  if (draw.chance(0.08)) authority = `${authority.replace(/:\d+$/, "")}:${draw.pick(["80", "8443", "9090"])}`;
  if (draw.chance(0.06)) authority = `sub.${authority}`;
  if (draw.chance(0.02)) authority = `${authority.replace(/:\d+$/, "")}.`;
  return authority;
}
