import type { Distribution, ShareRow } from "../experiment/explain/explanation.ts";
import type { BalancerView } from "../proxy/load-balancing/balancer-view.ts";
import { aligned, field } from "./explain-layout.ts";
import { formatCount, formatShare } from "./figures.ts";
import type { Style } from "./style.ts";

/** Two-sided 95% of a normal distribution. */
const Z_95 = 1.959964;

/** Where requests go in the long run, and beside it where so many of them went. */
export function formatDistribution(
  { count, passed, early, clusters, priorities, localities, hosts }: Distribution,
  balancing: BalancerView | null,
  style: Style,
): string[] {
  const tables: [string, readonly ShareRow[]][] = [
    ["clusters", clusters.length === 1 && hosts.length > 0 ? [] : clusters],
    ["priorities", moreThanOne(priorities)],
    ["localities", moreThanOne(localities)],
    ["hosts", hosts],
  ];
  const several = new Set(hosts.map(({ cluster }) => cluster)).size > 1;
  const lines = tables.flatMap(([label, rows]) =>
    rows.length === 0 ? [] : ["", ...field(label, tableOf(rows, passed, several, count > 1, style))],
  );
  const title = count === 1 ? "in the long run" : `of ${formatCount(count)} requests`;
  const answered = early.map(({ name, count }) => `${formatCount(count)} ${name}`).join(", ");
  const before = field(
    "not counted",
    early.length === 0 ? [] : [`${answered}: answered before a cluster was asked`],
  );
  return ["", style.bold(title), ...before, ...lines.slice(1), ...remarks(hosts, passed, balancing, style)];
}

/** A single one says nothing that its cluster does not say. */
function moreThanOne(rows: readonly ShareRow[]): readonly ShareRow[] {
  return rows.some(({ cluster }) => rows.filter((row) => row.cluster === cluster).length > 1) ? rows : [];
}

function tableOf(
  rows: readonly ShareRow[],
  count: number,
  several: boolean,
  isCounted: boolean,
  style: Style,
): string[] {
  const titles = ["", "exact", ...(isCounted ? ["requests", "share", "±95%"] : []), ""];
  const cells = rows.map((row) => [
    several && row.cluster !== "" ? `${row.cluster}/${row.name}` : row.name,
    row.exact === null ? "?" : formatShare(tidy(row.exact)),
    ...(isCounted
      ? [formatCount(row.count), formatShare(count === 0 ? null : row.count / count), boundOf(row, count)]
      : []),
    remarkOn(row),
  ]);
  const [head, ...lines] = aligned([titles, ...cells], [1, 2, 3, 4].slice(0, isCounted ? 4 : 1));
  return [style.dim(head!), ...lines.map((line, i) => (rows[i]!.exact === 0 ? style.dim(line) : line))];
}

/** Sums of shares miss whole numbers by the last bits. */
function tidy(share: number): number {
  return Number(share.toPrecision(12));
}

/** Half of the interval that the share lies in 19 times out of 20. */
function boundOf({ exact, isChance }: ShareRow, count: number): string {
  if (exact === null) return "";
  if (!isChance || exact === 0 || exact === 1) return "";
  return `±${(100 * halfWidth(exact, count)).toFixed(2)}`;
}

function halfWidth(share: number, count: number): number {
  return Z_95 * Math.sqrt((share * (1 - share)) / count);
}

function remarkOn({ host, exact }: ShareRow): string {
  if (exact === null) return "cannot be computed";
  if (host === null) return "";
  const parts = [
    ...(host.health === "healthy" ? [] : [host.health]),
    ...(host.weight === 1 ? [] : [`weight ${host.weight}`]),
  ];
  return parts.join(", ");
}

function remarks(
  hosts: readonly ShareRow[],
  count: number,
  balancing: BalancerView | null,
  style: Style,
): string[] {
  const words: string[] = [];
  if (balancing?.hash)
    words.push("The request has a hash: it always goes to the same host. Exact is the share of all hashes.");
  else if (count > 1) words.push(confidence(hosts, count));
  const lists = new Set(
    (balancing?.lists ?? []).filter(({ hosts }) => hosts?.length !== 0).map(({ by }) => by),
  );
  if (lists.size > 0) words.push(`Hosts are chosen ${[...lists].join(" or ")}${EQUAL_LOAD}`);
  return words.length === 0 ? [] : ["", ...field("", words, style.dim)];
}

const EQUAL_LOAD = "; exact shares hold while all are equally busy.";

function confidence(hosts: readonly ShareRow[], count: number): string {
  const chancy = hosts.filter(({ exact, isChance }) => exact !== null && isChance && exact > 0 && exact < 1);
  if (chancy.length === 0) return "Turns decide and not chance: counts miss the shares by single requests.";
  const inside = chancy.filter(
    (row) => Math.abs(row.count / count - row.exact!) <= halfWidth(row.exact!, count),
  );
  return `Chance decides: 95 of 100 such shares lie within their bounds; here ${inside.length} of ${chancy.length} hosts do.`;
}
