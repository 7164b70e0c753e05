/** An IPv4 address of four numbers, as one number; undefined for any other text. */
export function parseIpv4(text: string): number | undefined {
  if (!/^(\d{1,3}\.){3}\d{1,3}$/.test(text)) return undefined;
  const parts = text.split(".").map(Number);
  return parts.some((part) => part > 255) ? undefined : parts.reduce((sum, part) => sum * 256 + part, 0);
}

export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

/** An IPv6 address without brackets; good enough to tell it from names, not a full check. */
function isIpv6(text: string): boolean {
  return /^[0-9a-fA-F:]*:[0-9a-fA-F:]*:[0-9a-fA-F:.]*$/.test(text);
}

/** An IP address. */
export function isIp(text: string): boolean {
  return parseIpv4(text) !== undefined || isIpv6(text);
}

/** An IP address, a port after it or not: `10.0.0.1`, `10.0.0.1:8080`, `[::1]:8080`, `::1`. */
export function isAddress(text: string): boolean {
  return isIp(text) || isSocketAddress(text);
}

/** An IP address with its port: `10.0.0.1:8080` or `[::1]:8080`. */
export function isSocketAddress(text: string): boolean {
  const [, bracketed, plain, port] = /^(?:\[(.*)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) < 1 || Number(port) > 65535) return false;
  return bracketed === undefined ? parseIpv4(plain!) !== undefined : isIpv6(bracketed);
}
