import type { CaseContent, Place } from "../../case.ts";
import type { Draw } from "../../draw.ts";
import { anyHost, get, OK, RESULT_FIELDS, textOf } from "../parts.ts";
import { drawHashCluster } from "./cluster.ts";
import { drawHashInput } from "./keys.ts";

const REQUESTS = 120;

/** A ring or a Maglev table, and keyed requests. */
export function drawHash(draw: Draw, place: Place): CaseContent {
  const hosts = draw.list(draw.whole(2, 14), (index) => place.host(index + 1));
  const input = drawHashInput(draw);
  const { about, cluster } = drawHashCluster(draw, `${place.name}_backend`, hosts);
  const route = { cluster: cluster.name, hash_policy: input.policies };
  return {
    about: `${about}; hashes ${input.name}`,
    mode: "sequential",
    alsoRecorded: [],
    virtualHosts: [anyHost("app", [{ name: "all", match: { prefix: "/" }, route }])],
    clusters: [cluster],
    upstreams: Object.fromEntries(hosts.map((host) => [textOf(host), OK])),
    requests: draw.list(REQUESTS, (n) => get(n, input.request(draw))),
    rules: { exact: [...RESULT_FIELDS, "host", "attempts"] },
  };
}
