import { type IpAddress, parseIp } from "../cluster/ip-range.ts";

/** What a PROXY header says of a connection: whom it is from and to, both as `ip:port`. */
export interface RestoredAddresses {
  readonly source: string;
  readonly target: string;
}

const LARGEST_PORT = 65535;

/**
 * Parses a header of version 1 without its line end (Envoy 1.40, parseV1Header in
 * source/extensions/filters/listener/proxy_protocol/proxy_protocol.cc). `unknown`: it keeps the connection's own
 * addresses.
 */
export function parseProxyHeader(line: string): RestoredAddresses | "unknown" | "malformed" {
  const [signature, protocol, source, target, sourcePort, targetPort, ...rest] = line.split(" ");
  if (signature !== "PROXY") return "malformed";
  if (protocol === "UNKNOWN") return "unknown";
  const bytes = protocol === "TCP4" ? 4 : protocol === "TCP6" ? 16 : 0;
  if (bytes === 0 || rest.length > 0 || targetPort === undefined) return "malformed";
  const from = endOf(source!, sourcePort!, bytes);
  const to = endOf(target!, targetPort, bytes);
  return from === undefined || to === undefined ? "malformed" : { source: from, target: to };
}

function endOf(address: string, port: string, bytes: number): string | undefined {
  const ip = parseIp(address);
  const isPort = /^\d{1,5}$/.test(port) && Number(port) <= LARGEST_PORT;
  if (ip?.length !== bytes || !isPort || !isUnicast(ip)) return undefined;
  return `${bytes === 4 ? address : `[${address}]`}:${port}`;
}

function isUnicast(ip: IpAddress): boolean {
  if (ip.length === 16) return ip[0] !== 0xff && ip.some((byte) => byte !== 0);
  const isAny = ip.every((byte) => byte === 0);
  const isBroadcast = ip.every((byte) => byte === 255);
  return !isAny && !isBroadcast && (ip[0]! < 224 || ip[0]! > 239);
}
