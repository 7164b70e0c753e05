/**
 * Why a stream ended without a complete response, as Envoy's router distinguishes it
 * (Envoy 1.40, envoy/http/stream_reset_handler.h). The text is the one in response code details.
 */
export const ResetReason = {
  localConnectionFailure: "local connection failure",
  remoteConnectionFailure: "remote connection failure",
  connectionTimeout: "connection timeout",
  connectionTermination: "connection termination",
  remoteReset: "remote reset",
  remoteRefusedStreamReset: "remote refused stream reset",
  localReset: "local reset",
  protocolError: "protocol error",
  overflow: "overflow",
} as const;

export type ResetReason = (typeof ResetReason)[keyof typeof ResetReason];
