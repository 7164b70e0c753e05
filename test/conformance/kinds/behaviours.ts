import type { Behaviour, Endpoint } from "../case.ts";
import type { Draw } from "../draw.ts";
import { answering } from "./parts.ts";

const STATUSES = [200, 400, 404, 409, 418, 429, 500, 501, 502, 503, 504];
const GRPC_STATUSES = [0, 1, 4, 7, 8, 13, 14];

/** What retry policies tell apart, all of it at once. */
const QUICK: readonly Behaviour[] = [
  ...STATUSES.map((status) => ({ status })),
  { reset: "before_headers", reset_kind: "fin" },
  { reset: "before_headers", reset_kind: "rst" },
  { status: 503, headers: { "x-envoy-ratelimited": "true" } },
  { status: 429, headers: { "x-envoy-ratelimited": "true" } },
  { status: 200, headers: { "x-please-retry": "yes" } },
  { status: 503, headers: { "x-envoy-overloaded": "true" } },
  { status: 200, headers: { "x-envoy-degraded": "true" } },
  // What rate-limited back-off reads: a time beyond all limits, and none.
  { status: 503, headers: { "retry-after": "1" } },
  { status: 429, headers: { "retry-after": "0" } },
  { status: 503, headers: { "retry-after": "soon" } },
  ...GRPC_STATUSES.map((grpc_status) => ({ status: 200, grpc_status })),
];
/** Of HTTP/1.1 only. */
const CLOSING: readonly Behaviour[] = [
  { status: 200, headers: { connection: "close" } },
  { status: 503, headers: { connection: "close" } },
];
const SLOW: readonly Behaviour[] = [
  { hang: true },
  { status: 200, reset: "after_headers" },
  { garbage: true },
  // Between the time limits of attempts.
  { status: 200, delay_ms: 75 },
  { status: 503, delay_ms: 75 },
  { status: 200, delay_ms: 135 },
];
/** RST_STREAM codes: PROTOCOL_ERROR, INTERNAL_ERROR, REFUSED_STREAM, CANCEL, ENHANCE_YOUR_CALM. */
const HTTP2_ERRORS = [1, 2, 7, 8, 11];

export function drawBehaviour(draw: Draw): Behaviour {
  if (draw.chance(0.06)) return draw.pick(CLOSING);
  return draw.chance(0.8) ? draw.pick(QUICK) : draw.pick(SLOW);
}

/** An endpoint that always does the same, one whose answers vary, or a closed port. */
export function drawEndpoint(draw: Draw, isHttp2: boolean): Endpoint {
  const kind = draw.whole(1, 10);
  if (kind === 1) return { default: { status: 200 }, listen: false };
  if (isHttp2) return { ...drawHttp2(draw), protocol: "http2" };
  if (kind > 4) return answering(drawBehaviour(draw));
  const script = draw.list(40, () => draw.pick(draw.chance(0.9) ? QUICK : CLOSING));
  return { default: { status: 200 }, script, listen: true };
}

/** Over HTTP/2 garbage and connections that close in the middle of an answer are not compared. */
function drawHttp2(draw: Draw): Endpoint {
  const one = (): Behaviour =>
    draw.chance(0.5)
      ? { reset: "before_headers", h2_error: draw.pick(HTTP2_ERRORS) }
      : draw.pick(QUICK.filter(({ reset }) => reset === undefined));
  if (draw.chance(0.3)) return answering({ hang: true });
  if (draw.chance(0.5)) return answering(one());
  return { default: { status: 200 }, script: draw.list(40, one), listen: true };
}
