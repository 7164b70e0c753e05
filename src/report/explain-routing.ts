import type { RouteCandidate, RouteExplanation } from "../proxy/routing/route-explanation.ts";
import { field } from "./explain-layout.ts";
import type { Style } from "./style.ts";

/** So many rejected routes are shown before the one that is taken; the rest is counted. */
const SHOWN = 20;

/** The virtual host and why, and each route that was looked at with what came of it. */
export function formatRouting(routing: RouteExplanation, style: Style): string[] {
  return [...field("virtual host", virtualHost(routing, style)), ...field("routes", routes(routing, style))];
}

function virtualHost({ host, domains, needsTls }: RouteExplanation, style: Style): string[] {
  const named = host === undefined || host === "" ? "the request names no host" : `the host is ${host}`;
  const [first, ...others] = domains;
  if (first === undefined) return [`${style.bad("none")}: ${named}, and no domain fits it`];
  const lines = [`${style.bold(first.virtualHost)}  its domain "${first.domain}" fits; ${named}`];
  for (const { domain, virtualHost } of others.slice(0, SHOWN))
    lines.push(style.dim(`  ${virtualHost}: "${domain}" fits too, but comes after it`));
  if (needsTls) lines.push("it requires TLS: the request is sent to https before any route is looked at");
  return lines;
}

function routes({ candidates, notLookedAt, needsTls, match }: RouteExplanation, style: Style): string[] {
  if (needsTls) return [];
  const skipped = Math.max(0, candidates.length - SHOWN - 1);
  const shown = candidates.slice(skipped);
  const lines = skipped === 0 ? [] : [style.dim(`${skipped} before them do not fit either`)];
  lines.push(...shown.flatMap((candidate) => candidateLines(candidate, style)));
  if (notLookedAt > 0)
    lines.push(style.dim(`${notLookedAt} more ${notLookedAt === 1 ? "is" : "are"} not looked at`));
  if (match.kind === "none" && candidates.every(({ verdict }) => verdict !== "taken"))
    lines.push(style.bad(candidates.length === 0 ? "there is none" : "none fits"));
  return lines;
}

function candidateLines(candidate: RouteCandidate, style: Style): string[] {
  const { index, name, verdict, conditions, share, reason } = candidate;
  const title = `#${index}${name === "" ? "" : ` ${name}`}`;
  const drawn = share && `stream id mod ${share.denominator} = ${share.value}`;
  switch (verdict) {
    case "taken": {
      const wants = conditions.map((each) => each.wants);
      if (share !== null) wants.push(`${drawn} is below ${share.numerator}`);
      return [`${style.good("✔")} ${style.bold(title)}  ${wants.join(" · ")}`];
    }
    case "outside its share":
      return [`${style.bad("✘")} ${title}  fits, but ${drawn} is not below ${share!.numerator}`];
    case "not simulated":
      return [`${style.warn("?")} ${title}  ${reason}: it never matches in the simulation`];
    default: {
      const { wants, has } = conditions.at(-1)!;
      return [`${style.bad("✘")} ${title}  ${wants}${style.dim(`; the request has ${has}`)}`];
    }
  }
}
