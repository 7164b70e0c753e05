import { MILLISECOND } from "../../kernel/time.ts";
import type { ProbedRequest, TcpOutcome } from "./recording.ts";

/** What the results say of a connection beside what they say of every request. */
export function tcpResultOf({ log, attempts }: ProbedRequest, outcome: TcpOutcome) {
  const { reply, firstAfter, closedBy, closedAfter } = outcome;
  const connection = log?.connection;
  return {
    status: reply === "answer" ? 200 : 0,
    details: null,
    attempt_count: log?.attemptCount ?? null,
    reply: replyOf(reply, attempts.at(-1)?.endpoint),
    logged: log !== null,
    chain: connection?.filterChain || null,
    sni: connection?.serverName || null,
    close: connection?.closeReason ?? null,
    client_ms: Math.trunc(firstAfter / MILLISECOND),
    closed_by: closedBy,
    closed_ms: closedBy === null ? null : Math.trunc(closedAfter / MILLISECOND),
  };
}

/** The endpoints answer with their address. */
function replyOf(reply: TcpOutcome["reply"], endpoint: string | undefined) {
  if (reply === "answer") return endpoint ?? null;
  return reply === "closed" ? { closed: true } : { no_reply: true };
}
