import type { Connection } from "../../network/connection.ts";
import { type IpAddress, isLoopback, parseIp } from "../cluster/ip-range.ts";

/** What a listener knows of a connection when it chooses the filter chain. */
export interface ConnectionFacts {
  /** Texts of IP addresses; undefined where the world knows none. */
  readonly destinationAddress: string | undefined;
  readonly destinationPort: number;
  readonly sourceAddress: string | undefined;
  readonly sourcePort: number;
  /** Of who has opened the connection, which is the source unless a PROXY header tells another. */
  readonly directSourceAddress: string | undefined;
  /** As detected: `tls` or `raw_buffer`. */
  readonly transportProtocol: string;
  /** In lower case; empty: none or not looked for. */
  readonly serverName: string;
  readonly applicationProtocols: readonly string[];
}

/** Which listener filters look into the first bytes of connections. */
export interface Inspectors {
  readonly tls: boolean;
  readonly http: boolean;
}

const UNKNOWN = { transportProtocol: "raw_buffer", serverName: "", applicationProtocols: [] } as const;
const HTTP_PROTOCOLS = { http1: ["http/1.1"], http2: ["h2c"], tcp: [] } as const;

/** The facts of a connection that speaks TLS or plain text. */
export function factsOf(connection: Connection, speaksTls: boolean, inspectors: Inspectors): ConnectionFacts {
  const { source, target } = connection.restored ?? connection;
  const [destinationAddress, destinationPort] = splitAddress(target);
  const [sourceAddress, sourcePort] = splitAddress(source);
  const addresses = { destinationAddress, destinationPort, sourceAddress, sourcePort };
  return {
    ...addresses,
    directSourceAddress: splitAddress(connection.source)[0],
    ...detected(connection, speaksTls, inspectors),
  };
}

function detected({ hello, protocol }: Connection, speaksTls: boolean, inspectors: Inspectors) {
  if (!speaksTls)
    return inspectors.http ? { ...UNKNOWN, applicationProtocols: HTTP_PROTOCOLS[protocol] } : UNKNOWN;
  if (!inspectors.tls) return UNKNOWN;
  const { serverName, applicationProtocols } = hello!;
  return { transportProtocol: "tls", serverName, applicationProtocols };
}

function splitAddress(text: string): [address: string | undefined, port: number] {
  const colon = text.lastIndexOf(":");
  const address = text.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
  return [parseIp(address) && address, Number(text.slice(colon + 1))];
}

/**
 * In place of an address that is none, so that only a range of all addresses holds it (Envoy 1.40,
 * source/common/listener_manager/filter_chain_manager_impl.cc).
 */
const NO_ADDRESS: IpAddress = [255, 255, 255, 255];

export function ipOf(address: string | undefined): IpAddress {
  return (address === undefined ? undefined : parseIp(address)) ?? NO_ADDRESS;
}

/** Whether the connection comes from this machine (Envoy 1.40, Network::Utility::isSameIpOrLoopback). */
export function isLocal({ sourceAddress, destinationAddress }: ConnectionFacts): boolean {
  if (sourceAddress === undefined) return false;
  return isLoopback(ipOf(sourceAddress)) || sourceAddress === destinationAddress;
}
