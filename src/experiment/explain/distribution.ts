import type { RequestHead } from "../../http/request-head.ts";
import type { RouteMatch } from "../../proxy/routing/route-match.ts";
import type { Distribution, HostFacts, ShareRow } from "./explanation.ts";
import { type ClusterView, factsOf, nameOfLocality, type ObservedRequest } from "./observed-request.ts";
import type { RoutingShare } from "./routing-shares.ts";

/** Counts where requests go, and sets the shares beside that the machines themselves tell. */
export class DistributionCount {
  private count = 0;
  private passed = 0;
  private readonly early = new Rows();
  private readonly clusters = new Rows();
  private readonly priorities = new Rows();
  private readonly localities = new Rows();
  private readonly hosts = new Rows();

  /** A request has ended: the first attempt counts. */
  add(observed: ObservedRequest): void {
    this.count++;
    const [attempt] = observed.attempts;
    if (attempt === undefined && isEarly(observed)) {
      this.early.row("", observed.details || String(observed.status)).count++;
      return;
    }
    this.passed++;
    if (attempt === undefined) {
      this.clusters.row("", nameOfEnd(observed)).count++;
      return;
    }
    const { cluster, host } = attempt;
    this.clusters.row("", cluster).count++;
    if (host === null) {
      this.hosts.row(cluster, NO_HOST).count++;
      return;
    }
    const facts = factsOf(host);
    this.priorities.row(cluster, String(facts.priority)).count++;
    this.localities.row(cluster, nameOfLocality(facts.locality)).count++;
    this.hosts.row(cluster, facts.address, facts).count++;
  }

  /**
   * `routing`: the shares of routing, null where they cannot be told. `viewOf`: what there is to tell of the cluster
   * of a match; undefined where there is no such cluster.
   */
  result(
    routing: readonly RoutingShare[] | null,
    viewOf: (match: RouteMatch & { kind: "route" }) => ClusterView | undefined,
  ): Distribution {
    if (routing === null) this.clusters.cannotTell();
    for (const { match, share } of routing ?? []) {
      const isChance = share < 1;
      const cluster = match.kind === "route" ? viewOf(match) : undefined;
      const name = match.kind === "route" && cluster !== undefined ? match.cluster : nameOfMatch(match);
      this.clusters.expect("", name, share, isChance);
      if (cluster !== undefined) this.expectIn(name, share, cluster, isChance);
    }
    return {
      count: this.count,
      passed: this.passed,
      early: this.early.list(),
      clusters: this.clusters.list(),
      priorities: this.priorities.list(),
      localities: this.localities.list(),
      hosts: this.hosts.list(),
    };
  }

  private expectIn(
    cluster: string,
    share: number,
    { view, hosts: all }: ClusterView,
    isChance: boolean,
  ): void {
    const { priorities, localities, hosts } = this;
    for (const host of all) {
      const facts = factsOf(host);
      priorities.expect(cluster, String(facts.priority), 0, false);
      localities.expect(cluster, nameOfLocality(facts.locality), 0, false);
      hosts.expect(cluster, facts.address, 0, false, facts);
    }
    if (view === null) {
      for (const rows of [priorities, localities, hosts]) rows.cannotTell(cluster);
      return;
    }
    let found = 0;
    for (const list of view.lists) {
      const byChance = isChance || list.share < 1 || list.isChance;
      if (list.hosts === null) {
        for (const rows of [localities, hosts]) rows.cannotTell(cluster);
        priorities.expect(cluster, String(list.priority), share * list.share, isChance || list.share < 1);
        found += list.share;
        continue;
      }
      for (const { host, share: part } of list.hosts) {
        const facts = factsOf(host);
        found += part;
        priorities.expect(cluster, String(facts.priority), share * part, isChance || list.share < 1);
        localities.expect(cluster, nameOfLocality(facts.locality), share * part, byChance);
        hosts.expect(cluster, facts.address, share * part, byChance, facts);
      }
    }
    // Sums of shares are rounded.
    if (found < 1 - 1e-9) hosts.expect(cluster, NO_HOST, share * (1 - found), isChance || found > 0);
  }
}

const NO_HOST = "(no host)";

/** Answered though its route leads to a cluster that exists, or before its route was asked. */
function isEarly({ match, details }: ObservedRequest): boolean {
  return match === null || (match.kind === "route" && details !== "cluster_not_found");
}

/** Of a request that was sent to no cluster. */
function nameOfEnd({ match, details, status }: ObservedRequest): string {
  return match === null || match.kind === "route" ? `(${details || status})` : nameOfMatch(match);
}

function nameOfMatch(match: RouteMatch): string {
  switch (match.kind) {
    case "route":
      return "(cluster_not_found)";
    case "direct":
      return match.location === undefined
        ? `(direct response ${match.status})`
        : `(redirect ${match.status})`;
    default:
      return "(no route)";
  }
}

interface Row {
  readonly cluster: string;
  readonly name: string;
  count: number;
  exact: number | null;
  isChance: boolean;
  host: HostFacts | null;
  /** Its place among the expected ones; those that nobody expected come last. */
  order: number;
}

const UNEXPECTED = Number.MAX_SAFE_INTEGER;

class Rows {
  private readonly rows = new Map<string, Row>();
  private readonly untold = new Set<string>();
  private allUntold = false;
  private expected = 0;

  row(cluster: string, name: string, host: HostFacts | null = null): Row {
    const key = JSON.stringify([cluster, name]);
    let row = this.rows.get(key);
    if (row === undefined) {
      row = { cluster, name, count: 0, exact: 0, isChance: false, host, order: UNEXPECTED };
      this.rows.set(key, row);
    }
    return row;
  }

  expect(
    cluster: string,
    name: string,
    share: number,
    isChance: boolean,
    host: HostFacts | null = null,
  ): void {
    const row = this.row(cluster, name, host);
    if (row.order === UNEXPECTED) row.order = this.expected++;
    row.exact = (row.exact ?? 0) + share;
    row.isChance ||= isChance;
  }

  /** The shares of a cluster's rows, or of all rows, cannot be computed. */
  cannotTell(cluster?: string): void {
    if (cluster === undefined) this.allUntold = true;
    else this.untold.add(cluster);
  }

  list(): ShareRow[] {
    const rows = [...this.rows.values()].sort((a, b) => (a.order === b.order ? 0 : a.order - b.order));
    return rows.map(({ cluster, name, count, exact, isChance, host }) =>
      this.allUntold || this.untold.has(cluster)
        ? { cluster, name, count, exact: null, isChance: true, host }
        : { cluster, name, count, exact, isChance, host },
    );
  }
}

/** What the proxy changed of a head on its way upstream. */
export function changesOf(from: RequestHead, to: RequestHead) {
  const names = [...new Set([...from.headers.keys(), ...to.headers.keys()])];
  const value = (head: RequestHead, name: string) => head.headers.get(name)?.join(", ") ?? null;
  return [
    { what: "method", from: from.method, to: to.method },
    { what: "host", from: from.authority, to: to.authority },
    { what: "path", from: from.path, to: to.path },
    ...names.map((name) => ({ what: name, from: value(from, name), to: value(to, name) })),
  ].filter((change) => change.from !== change.to);
}
