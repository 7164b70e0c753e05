import { nearest } from "../../decode/nearest.ts";
import { type Endpoint, HealthFlag } from "../../proxy/cluster/host.ts";
import { healthFlagsOf } from "../../proxy/cluster/load-assignment.ts";
import { localityKey, NO_LOCALITY } from "../../proxy/cluster/locality.ts";

/** A change of a cluster's members before any request is sent: one option of the command line. */
export interface MemberEdit {
  /** The option and its text, for messages. */
  readonly option: "--health" | "--weight" | "--remove" | "--add";
  readonly text: string;
}

/** The members of one cluster that may be edited. */
export interface EditedCluster {
  readonly name: string;
  endpoints: readonly Endpoint[];
}

/** Something is wrong with an edit. */
export class EditError extends Error {
  readonly edit: MemberEdit;
  readonly remedy: string;

  constructor(edit: MemberEdit, message: string, remedy = "") {
    super(message);
    this.edit = edit;
    this.remedy = remedy;
  }
}

/** States that people name, and the HealthStatus of discovery that has the same effect. */
const HEALTH: Readonly<Record<string, number>> = {
  healthy: 0,
  unhealthy: healthFlagsOf("UNHEALTHY"),
  timeout: healthFlagsOf("TIMEOUT"),
  draining: healthFlagsOf("DRAINING"),
  degraded: healthFlagsOf("DEGRADED"),
  ejected: HealthFlag.failedOutlierCheck,
  "failed-check": HealthFlag.failedActiveHealthCheck,
};
const LARGEST_WEIGHT = 0xffffffff;
const LARGEST_PRIORITY = 127;

/**
 * Applies edits in their order. `[CLUSTER/]ADDRESS=VALUE`; an address in several clusters means all of them unless
 * the cluster is named. Throws an EditError.
 */
export function applyEdits(clusters: readonly EditedCluster[], edits: readonly MemberEdit[]): void {
  for (const edit of edits) {
    if (edit.option === "--add") add(clusters, edit);
    else change(clusters, edit);
  }
}

function change(clusters: readonly EditedCluster[], edit: MemberEdit): void {
  const [target, value] = edit.option === "--remove" ? [edit.text, ""] : splitValue(edit);
  const { cluster, address } = splitTarget(target);
  const chosen = cluster === undefined ? clusters : [clusterNamed(clusters, cluster, edit)];
  const isMeant = (endpoint: Endpoint) => address === "*" || endpoint.address === address;
  const edited = changeOf(edit, value);
  let found = false;
  for (const each of chosen) {
    found ||= each.endpoints.some(isMeant);
    each.endpoints = each.endpoints.flatMap((endpoint) =>
      isMeant(endpoint) ? edited(endpoint) : [endpoint],
    );
  }
  if (!found) throw unknownAddress(chosen, address, edit);
}

/** What becomes of an endpoint that is meant; an empty list removes it. */
function changeOf(edit: MemberEdit, value: string): (endpoint: Endpoint) => Endpoint[] {
  if (edit.option === "--remove") return () => [];
  if (edit.option === "--weight") {
    const weight = wholeNumber(edit, "weight", value, 1, LARGEST_WEIGHT);
    return (endpoint) => [{ ...endpoint, weight }];
  }
  const healthFlags = healthOf(edit, value);
  return (endpoint) => [{ ...endpoint, healthFlags }];
}

/** `[CLUSTER/]ADDRESS [weight=3] [priority=1] [zone=a] [region=r] [sub_zone=s] [health=degraded]`. */
function add(clusters: readonly EditedCluster[], edit: MemberEdit): void {
  const [target = "", ...fields] = edit.text.split(/\s+/).filter((word) => word !== "");
  const { cluster: name, address } = splitTarget(target);
  const cluster = name === undefined ? onlyCluster(clusters, edit) : clusterNamed(clusters, name, edit);
  if (!/^.+:\d+$/.test(address)) throw new EditError(edit, `"${address}" is not ADDRESS:PORT`);
  if (cluster.endpoints.some((endpoint) => endpoint.address === address))
    throw new EditError(edit, `cluster "${cluster.name}" has ${address} already`);
  const values = new Map(fields.map((field) => keyAndValue(edit, field)));
  const locality = {
    ...NO_LOCALITY,
    region: values.get("region") ?? "",
    zone: values.get("zone") ?? "",
    subZone: values.get("sub_zone") ?? "",
  };
  const endpoint: Endpoint = {
    address,
    hostname: "",
    weight: wholeNumber(edit, "weight", values.get("weight") ?? "1", 1, LARGEST_WEIGHT),
    priority: wholeNumber(edit, "priority", values.get("priority") ?? "0", 0, LARGEST_PRIORITY),
    locality,
    metadata: {},
    healthFlags: healthOf(edit, values.get("health") ?? "healthy"),
  };
  cluster.endpoints = besideItsKind(cluster.endpoints, endpoint);
}

const ADD_KEYS = ["weight", "priority", "zone", "region", "sub_zone", "health"];

function keyAndValue(edit: MemberEdit, field: string): [key: string, value: string] {
  const equals = field.indexOf("=");
  const key = field.slice(0, Math.max(0, equals));
  if (ADD_KEYS.includes(key)) return [key, field.slice(equals + 1)];
  throw new EditError(
    edit,
    `"${field}" is not known`,
    `known: ${ADD_KEYS.map((each) => `${each}=`).join(", ")}`,
  );
}

/** Behind the last member of its priority and locality, where a configuration would list it. */
function besideItsKind(endpoints: readonly Endpoint[], added: Endpoint): Endpoint[] {
  const last = endpoints.findLastIndex(
    ({ priority, locality }) =>
      priority === added.priority && localityKey(locality) === localityKey(added.locality),
  );
  return endpoints.toSpliced(last < 0 ? endpoints.length : last + 1, 0, added);
}

function splitValue(edit: MemberEdit): [target: string, value: string] {
  const equals = edit.text.lastIndexOf("=");
  const example = edit.option === "--weight" ? "10.0.0.1:8080=3" : "10.0.0.1:8080=unhealthy";
  if (equals < 1)
    throw new EditError(edit, `"${edit.text}" is not ADDRESS=VALUE`, `write it like ${example}`);
  return [edit.text.slice(0, equals), edit.text.slice(equals + 1)];
}

function splitTarget(target: string): { cluster: string | undefined; address: string } {
  const slash = target.lastIndexOf("/");
  return slash < 0
    ? { cluster: undefined, address: target }
    : { cluster: target.slice(0, slash), address: target.slice(slash + 1) };
}

function clusterNamed(clusters: readonly EditedCluster[], name: string, edit: MemberEdit): EditedCluster {
  const found = clusters.find((cluster) => cluster.name === name);
  if (found !== undefined) return found;
  const names = clusters.map((cluster) => cluster.name);
  const near = nearest(name, names);
  throw new EditError(
    edit,
    `there is no cluster "${name}"`,
    near === undefined ? `known: ${names.join(", ")}` : `did you mean "${near}"?`,
  );
}

function onlyCluster(clusters: readonly EditedCluster[], edit: MemberEdit): EditedCluster {
  const [only] = clusters;
  if (only !== undefined && clusters.length === 1) return only;
  throw new EditError(
    edit,
    "there are several clusters",
    `name one: --add '${clusters[0]?.name ?? "CLUSTER"}/${edit.text}'`,
  );
}

function unknownAddress(clusters: readonly EditedCluster[], address: string, edit: MemberEdit): EditError {
  const known = clusters.flatMap(({ endpoints }) => endpoints.map((endpoint) => endpoint.address));
  const near = nearest(address, known);
  const remedy =
    near !== undefined
      ? `did you mean "${near}"?`
      : known.length === 0
        ? "there are no members; --add makes some"
        : `known: ${[...new Set(known)].slice(0, 8).join(", ")}; * means all`;
  return new EditError(edit, `no cluster has a member ${address}`, remedy);
}

function healthOf(edit: MemberEdit, state: string): number {
  const flags = HEALTH[state];
  if (flags === undefined)
    throw new EditError(
      edit,
      `"${state}" is not a state of health`,
      `known: ${Object.keys(HEALTH).join(", ")}`,
    );
  return flags;
}

function wholeNumber(edit: MemberEdit, what: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text === "" || !Number.isInteger(value) || value < least || value > most)
    throw new EditError(edit, `${what} "${text}" is not a whole number from ${least} to ${most}`);
  return value;
}
