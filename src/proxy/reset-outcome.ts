import { ResetReason } from "../http/reset-reason.ts";
import type { ResponseFlagName } from "../http/response-flags.ts";

const BAD_GATEWAY = 502;
const SERVICE_UNAVAILABLE = 503;

/** What a client gets to see of an attempt that was reset: Envoy 1.40, Filter::onUpstreamReset. */
export interface ResetOutcome {
  readonly status: number;
  readonly flag: ResponseFlagName;
  readonly body: string;
  readonly details: string;
}

export function resetOutcome(reason: ResetReason, isRetry: boolean, responseStarted: boolean): ResetOutcome {
  const when = responseStarted ? "after" : "before";
  // The only way in which a host refuses a connection here; Envoy keeps this text out of the body.
  const failure =
    reason === ResetReason.remoteConnectionFailure ? "|delayed_connect_error:_Connection_refused" : "";
  return {
    status: reason === ResetReason.protocolError ? BAD_GATEWAY : SERVICE_UNAVAILABLE,
    flag: flagOfReset(reason),
    body:
      "upstream connect error or disconnect/reset before headers. " +
      `${isRetry ? "retried and the latest " : ""}reset reason: ${reason}`,
    details: `upstream_reset_${when}_response_started{${reason.replaceAll(" ", "_")}${failure}}`,
  };
}

/** Envoy 1.40, Filter::streamResetReasonToResponseFlag. */
function flagOfReset(reason: ResetReason): ResponseFlagName {
  switch (reason) {
    case ResetReason.localConnectionFailure:
    case ResetReason.remoteConnectionFailure:
    case ResetReason.connectionTimeout:
      return "UF";
    case ResetReason.connectionTermination:
      return "UC";
    case ResetReason.localReset:
      return "LR";
    case ResetReason.overflow:
      return "UO";
    case ResetReason.remoteReset:
    case ResetReason.remoteRefusedStreamReset:
      return "UR";
    case ResetReason.protocolError:
      return "UPE";
  }
}
