import type { Explanation } from "../experiment/explain/explain.ts";
import type {
  AttemptExplanation,
  HeadChange,
  HostFacts,
  RequestExplanation,
  SentExplanation,
} from "../experiment/explain/explanation.ts";
import { nameOfLocality } from "../experiment/explain/observed-request.ts";
import { hexOfU64 } from "../hash/u64.ts";
import { type Nanoseconds, SECOND } from "../kernel/time.ts";
import type { PriorityView } from "../proxy/load-balancing/balancer-view.ts";
import { namesOfRetryOn } from "../proxy/retry/retry-on.ts";
import type { Draw } from "../random/recording64.ts";
import { formatDistribution } from "./explain-distribution.ts";
import { formatDraws } from "./explain-draws.ts";
import { aligned, field, fitted, WIDTH } from "./explain-layout.ts";
import { formatRouting } from "./explain-routing.ts";
import type { Style } from "./style.ts";

/** Why requests go where they go, for a person. */
export function formatExplanation({ seed, requests }: Explanation, version: string, style: Style): string {
  const parts = requests.map((request) => formatRequest(request, style));
  const footer = style.dim(`seed ${seed} · meshsim ${version}`);
  return `${parts.join(`\n${style.dim("─".repeat(WIDTH))}\n`)}\n${footer}\n`;
}

function formatRequest(request: RequestExplanation, style: Style): string {
  const { head, source, listener, routing, changes, sent, attempts, draws, distribution } = request;
  const title = [`${head.method} ${head.path}`, head.authority].filter((word) => word !== "").join("  ");
  const headers = [...head.headers].map(([name, values]) => `${name}: ${values.join(", ")}`);
  return [
    style.bold(fitted(title)),
    ...field("", [[...headers, `from ${source}`].join(" · ")], style.dim),
    "",
    ...(listener === null ? [] : field("listener", [`${listener.name || "(no name)"}  ${listener.address}`])),
    ...(routing === null ? [] : formatRouting(routing, style)),
    ...field("changes", changes.map(formatChange)),
    ...(sent === null ? [] : formatSent(sent, byWeight(draws), style)),
    ...attempts.flatMap((attempt, i) => formatAttempt(attempt, i, attempts.length, style)),
    ...field("answer", [formatAnswer(request, style)]),
    ...formatDraws(draws, style),
    ...formatDistribution(distribution, sent?.balancing ?? null, style),
    "",
  ].join("\n");
}

function formatChange({ what, from, to }: HeadChange): string {
  if (from === null) return `${what}: ${to} is added`;
  return to === null ? `${what}: ${from} is taken away` : `${what}: ${from} → ${to}`;
}

/** How chance chose among weighted clusters; empty where it did not. */
function byWeight(draws: readonly Draw[]): string {
  for (const { purpose, reductions } of draws) {
    const chosen = reductions.find(({ decides }) => decides === "weighted cluster");
    if (chosen !== undefined) return `  by weight: ${purpose} mod ${chosen.modulus} = ${chosen.result}`;
  }
  return "";
}

function formatSent(sent: SentExplanation, why: string, style: Style): string[] {
  const { cluster, policy, balancing } = sent;
  const lines = [
    ...field("cluster", [`${style.bold(cluster)}${why}`]),
    ...field("in force", limitsOf(sent)),
    ...field("policy", [
      policy.replace(/^envoy\.load_balancing_policies\./, ""),
      ...(balancing?.notes ?? []),
    ]),
  ];
  if (balancing === null)
    return [...lines, ...field("", ["its shares cannot be told beforehand"], style.dim)];
  if (balancing.hash !== null)
    lines.push(
      ...field("hash", [`0x${hexOfU64(balancing.hash)} of the request: the same hash, the same host`]),
    );
  return [...lines, ...formatPriorities(balancing.priorities, sent.panicThreshold, style)];
}

function limitsOf({ timeout, perTryTimeout, retries, priority }: SentExplanation): string[] {
  const limits = [
    timeout === 0 ? "no timeout" : `timeout ${formatDuration(timeout)}`,
    perTryTimeout === 0 ? "no per-try timeout" : `per-try timeout ${formatDuration(perTryTimeout)}`,
    ...(priority === "high" ? ["high routing priority"] : []),
  ];
  if (retries.retryOn === 0) return [[...limits, "no retries"].join(" · ")];
  const { numRetries, baseIntervalMs, maxIntervalMs, retriableStatusCodes } = retries;
  const statuses = retriableStatusCodes.length === 0 ? "" : ` (${retriableStatusCodes.join(", ")})`;
  const retry = `up to ${numRetries} ${numRetries === 1 ? "retry" : "retries"} on ${namesOfRetryOn(retries.retryOn).join(", ")}${statuses}`;
  return [limits.join(" · "), retry, `back-off from ${baseIntervalMs} ms to ${maxIntervalMs} ms`];
}

/** Exact. */
function formatDuration(time: Nanoseconds): string {
  return time % SECOND === 0 || time > SECOND ? `${time / SECOND} s` : `${time / (SECOND / 1000)} ms`;
}

/** One line where there is nothing to decide; otherwise how the loads of the priorities come about. */
function formatPriorities(
  priorities: readonly PriorityView[],
  panicThreshold: number,
  style: Style,
): string[] {
  const [first] = priorities;
  if (first !== undefined && priorities.length === 1 && first.healthy === first.hosts && !first.inPanic)
    return field("priority", [`0, the only one: ${first.hosts} of ${first.hosts} hosts healthy`]);
  const rows = priorities.map((each) => [
    String(each.priority),
    `${each.healthy}+${each.degraded}/${each.hosts - each.excluded}`,
    `min(100, ${each.overprovisioningFactor} × share) = ${each.healthyAvailability}+${each.degradedAvailability}%`,
    `${each.healthyLoad}+${each.degradedLoad}%`,
    each.inPanic ? `PANIC below ${panicThreshold}%: any host` : "",
  ]);
  const titles = ["priority", "usable", "availability", "load", ""];
  const [head, ...lines] = aligned([titles, ...rows]);
  return field("priorities", [
    style.dim(head!),
    ...lines,
    style.dim("healthy + degraded hosts of those that count"),
  ]);
}

function formatAttempt(
  { host, result }: AttemptExplanation,
  index: number,
  count: number,
  style: Style,
): string[] {
  const label = count === 1 ? "host" : `attempt ${index + 1}`;
  if (host === null) return field(label, [style.bad("none: no host may be chosen")]);
  const ended = result === 200 || result === null ? "" : `  → ${result}`;
  return field(label, [`${style.bold(host.address)}  ${describeHost(host)}${ended}`]);
}

function describeHost({ priority, locality, health, weight }: HostFacts): string {
  const place = nameOfLocality(locality);
  const parts = [
    `priority ${priority}`,
    ...(place === "-" ? [] : [`locality ${place}`]),
    health,
    `weight ${weight}`,
  ];
  return parts.join(" · ");
}

function formatAnswer(
  { answer: { status, flags, details, location } }: RequestExplanation,
  style: Style,
): string {
  const paint = status >= 200 && status < 400 ? style.good : style.bad;
  const parts = [paint(status === 0 ? "none" : String(status)), ...flags, details].filter(
    (part) => part !== "",
  );
  return parts.join("  ") + (location === undefined ? "" : `  location: ${location}`);
}
