import { type AbsolutePath, childOf } from "../decode/json-tree.ts";
import { didYouMean } from "../decode/nearest.ts";
import type { Problems } from "../decode/problem.ts";
import { formatIpv4, parseIpv4 } from "./address.ts";
import type { ScenarioDocument } from "./document.ts";
import type { NameKind } from "./metric-name.ts";
import { parseSelector } from "./parse-selector.ts";

const sections: readonly (readonly [section: string, kind: NameKind])[] = [
  ["clients", "client"],
  ["services", "service"],
  ["proxies", "proxy"],
];

/** Every client, service and proxy by name, in the order of the file. */
export function namesOf(document: ScenarioDocument): Map<string, NameKind> {
  const names = new Map<string, NameKind>();
  for (const [section, kind] of sections) {
    for (const name of document.keys(section)) if (!names.has(name)) names.set(name, kind);
  }
  return names;
}

/** 255.255.255.255 */
const LAST_ADDRESS = 2 ** 32 - 1;

/**
 * Reports names that are used and not given, and names that are given twice. It works on plain data that need
 * not fit the schema, so that these problems show beside the others.
 */
export function checkNames(document: ScenarioDocument, problems: Problems): void {
  const names = new Names(document, problems);
  names.checkUnique();
  names.checkNamesIn("faults", "fault");
  names.checkNamesIn("changes", "change");
  names.checkAddresses();
  for (const client of document.keys("clients")) names.checkClient(["clients", client]);
  for (const proxy of document.keys("proxies")) names.refer(["proxies", proxy, "beside"], "service");
  for (const service of document.keys("services")) {
    for (const call of document.items(["services", service, "calls"]))
      names.refer([...call, "to"], "proxy", "service");
  }
  for (const link of document.items(["network", "links"])) names.checkEnds(link);
  for (const fault of document.items(["faults"])) names.checkFault(fault);
  for (const change of document.items(["changes"])) {
    names.refer([...change, "proxy"], "proxy");
    for (const proxy of document.items([...change, "proxies"])) names.refer(proxy, "proxy");
  }
}

class Names {
  readonly #document: ScenarioDocument;
  readonly #problems: Problems;

  constructor(document: ScenarioDocument, problems: Problems) {
    this.#document = document;
    this.#problems = problems;
  }

  checkUnique(): void {
    const first = new Map<string, NameKind>();
    for (const [section, kind] of sections) {
      for (const name of this.#document.keys(section)) {
        const other = first.get(name);
        if (other === undefined) first.set(name, kind);
        else
          this.#report([section, name], "duplicate-name", `"${name}" is the name of a ${other} too`, "key");
      }
    }
  }

  checkNamesIn(section: string, what: string): void {
    const first = new Map<string, number>();
    for (const item of this.#document.items([section])) {
      const name = childOf(this.#document.at(item), "name");
      if (typeof name !== "string") continue;
      const line = first.get(name);
      if (line === undefined) first.set(name, this.#document.locate([...item, "name"]).line);
      else
        this.#report(
          [...item, "name"],
          "duplicate-name",
          `another ${what} has the name "${name}", in line ${line}`,
        );
    }
  }

  /** The given addresses of two proxies, replicas included, may not overlap. */
  checkAddresses(): void {
    const claims: { name: string; from: number; to: number }[] = [];
    for (const name of this.#document.keys("proxies")) {
      const proxy = this.#document.at(["proxies", name]);
      const address = childOf(proxy, "address");
      const from = typeof address === "string" ? parseIpv4(address) : undefined;
      if (from === undefined) continue;
      const replicas = childOf(proxy, "replicas");
      const to = from + (typeof replicas === "number" && replicas > 1 ? replicas - 1 : 0);
      if (to > LAST_ADDRESS) {
        const message = `${formatIpv4(from)} has no ${to - from} addresses after it`;
        this.#report(["proxies", name, "address"], "out-of-range", message);
        continue;
      }
      const other = claims.find((claim) => claim.from <= to && from <= claim.to);
      if (other !== undefined) {
        const shared = formatIpv4(Math.max(from, other.from));
        this.#report(
          ["proxies", name, "address"],
          "address-claimed",
          `${shared} belongs to proxy "${other.name}" already`,
        );
      }
      claims.push({ name, from, to });
    }
  }

  checkClient(client: AbsolutePath): void {
    this.refer([...client, "to"], "proxy", "service");
    const value = this.#document.at(client);
    const to = childOf(value, "to");
    if (childOf(value, "listener") === undefined || typeof to !== "string") return;
    if (!this.#names("service").includes(to) || this.#names("proxy").includes(to)) return;
    this.#report(
      [...client, "listener"],
      "contradiction",
      `"${to}" is a service, and only proxies have listeners`,
      "key",
    );
  }

  checkFault(fault: AbsolutePath): void {
    this.refer([...fault, "service"], "service");
    this.refer([...fault, "proxy"], "proxy");
    this.checkEnds(fault);
    this.checkEnds([...fault, "link"]);
  }

  checkEnds(path: AbsolutePath): void {
    for (const end of ["from", "to"]) {
      const text = childOf(this.#document.at(path), end);
      const selector = typeof text === "string" ? parseSelector(text) : undefined;
      if (!selector?.ok || !("name" in selector.value)) continue;
      const { kind, name } = selector.value;
      this.#check([...path, end], name, [kind], (text as string).indexOf(":") + 1);
    }
  }

  /** The text at this path, if there is one, must be the name of something of one of these kinds. */
  refer(path: AbsolutePath, ...kinds: NameKind[]): void {
    const name = this.#document.at(path);
    if (typeof name === "string") this.#check(path, name, kinds, 0);
  }

  #check(path: AbsolutePath, name: string, kinds: readonly NameKind[], start: number): void {
    const known = kinds.flatMap((kind) => this.#names(kind));
    if (known.includes(name)) return;
    const message = `there is no ${kinds.join(" or ")} "${name}"${didYouMean(name, known)}`;
    const remedy =
      known.length === 0 ? `the scenario has no ${kinds.join(" and no ")}` : `there is ${known.join(", ")}`;
    this.#document.report(
      this.#problems,
      { path, start, end: start + name.length },
      "dangling-name",
      message,
      { remedy },
    );
  }

  #names(kind: NameKind): string[] {
    return this.#document.keys(sections.find((each) => each[1] === kind)![0]);
  }

  #report(path: AbsolutePath, code: string, message: string, which: "key" | "value" = "value"): void {
    this.#document.report(this.#problems, { path, which }, code, message, { remedy: "choose another" });
  }
}
