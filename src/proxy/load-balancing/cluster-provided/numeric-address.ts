const IPV4 = /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;
const IPV6 = /^\[[0-9a-f:.]+\]$/i;
const HIGHEST_PORT = 65_535;

/** A host, a name or an IP address (IPv6 in brackets), and a port. */
export interface HostAndPort {
  readonly host: string;
  /** Undefined where none is written. */
  readonly port: number | undefined;
}

/** Takes an authority such as `shop.example:8080` apart. */
export function splitAuthority(authority: string): HostAndPort {
  const colon = authority.lastIndexOf(":");
  const port = authority.slice(colon + 1);
  if (colon < 0 || authority.endsWith("]") || !isPort(port)) return { host: authority, port: undefined };
  return { host: authority.slice(0, colon), port: Number(port) };
}

/** Whether it is an IP address; IPv6 in brackets. */
export function isIp(host: string): boolean {
  if (IPV6.test(host)) return true;
  return IPV4.test(host) && host.split(".").every((byte) => Number(byte) <= 255);
}

/** Whether it is `ip:port`, the only form in which a destination may be given. */
export function isNumericAddress(address: string): boolean {
  const { host, port } = splitAuthority(address);
  return port !== undefined && isIp(host);
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= HIGHEST_PORT;
}
