/**
 * Where the port begins, at its colon, or -1. The colons of an IPv6 address in brackets start no port
 * (Envoy 1.40, source/common/http/header_utility.cc).
 */
export function portStart(host: string): number {
  const colon = host.lastIndexOf(":");
  return host.lastIndexOf("]") > colon ? -1 : colon;
}

/**
 * The host without its port if that is a number and, where `onlyPort` is given, just that number: the
 * connection manager's strip_any_host_port and strip_matching_host_port.
 */
export function stripPort(host: string, onlyPort?: number): string {
  const start = portStart(host);
  if (start < 0) return host;
  const digits = host.slice(start + 1);
  if (!/^\d+$/.test(digits)) return host;
  const port = Number(digits);
  return port <= 0xffffffff && (onlyPort === undefined || port === onlyPort) ? host.slice(0, start) : host;
}

/** The host without its port, whatever that is: `ignore_port_in_host_matching`. */
export function withoutPort(host: string): string {
  const start = portStart(host);
  return start < 0 ? host : host.slice(0, start);
}

/** The host without a final dot, also right before the port: `strip_trailing_host_dot`. */
export function stripTrailingDot(host: string): string {
  const start = portStart(host);
  const name = start < 0 ? host : host.slice(0, start);
  return name.endsWith(".") ? name.slice(0, -1) + host.slice(name.length) : host;
}
