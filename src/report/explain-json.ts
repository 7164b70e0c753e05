import type { Explanation } from "../experiment/explain/explain.ts";
import type {
  Distribution,
  RequestExplanation,
  SentExplanation,
  ShareRow,
} from "../experiment/explain/explanation.ts";
import { nameOfLocality } from "../experiment/explain/observed-request.ts";
import { hexOfU64 } from "../hash/u64.ts";
import { MILLISECOND } from "../kernel/time.ts";
import { namesOfRetryOn } from "../proxy/retry/retry-on.ts";
import type { RouteExplanation } from "../proxy/routing/route-explanation.ts";
import type { Draw } from "../random/recording64.ts";
import { roundOrNull } from "./figures.ts";

const SCHEMA = 1;

/** The same as the text, for programs; see docs/explain.md. */
export function explanationJson({ seed, requests }: Explanation, version: string): string {
  const document = { schema: SCHEMA, meshsim: version, seed, requests: requests.map(requestJson) };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function requestJson(request: RequestExplanation) {
  const { text, head, source, listener, routing, answer, changes, sent, attempts, draws } = request;
  return {
    request: text,
    method: head.method,
    scheme: head.scheme,
    authority: head.authority,
    path: head.path,
    headers: Object.fromEntries(head.headers),
    source,
    listener,
    routing: routing && routingJson(routing),
    changes,
    sent: sent && sentJson(sent),
    attempts: attempts.map(({ cluster, host, result }) => ({
      cluster,
      host: host && { ...host, locality: nameOfLocality(host.locality) },
      result,
    })),
    answer: { ...answer, location: answer.location ?? null },
    draws: draws.map(drawJson),
    distribution: distributionJson(request.distribution),
  };
}

function routingJson({ host, domains, needsTls, candidates, notLookedAt, match }: RouteExplanation) {
  return {
    host: host ?? null,
    virtual_host: domains[0]?.virtualHost ?? null,
    domains: domains.map(({ domain, virtualHost }) => ({ domain, virtual_host: virtualHost })),
    needs_tls: needsTls,
    candidates: candidates.map(({ index, name, path, verdict, conditions, share, reason }) => ({
      index,
      name,
      path,
      verdict,
      conditions,
      share,
      ...(reason !== "" && { reason }),
    })),
    not_looked_at: notLookedAt,
    decision: match.kind,
  };
}

function sentJson(sent: SentExplanation) {
  const { cluster, policy, timeout, perTryTimeout, retries, priority, balancing, panicThreshold } = sent;
  return {
    cluster,
    policy,
    routing_priority: priority,
    timeout_ms: timeout / MILLISECOND,
    per_try_timeout_ms: perTryTimeout / MILLISECOND,
    retry_on: namesOfRetryOn(retries.retryOn),
    num_retries: retries.retryOn === 0 ? 0 : retries.numRetries,
    panic_threshold: panicThreshold,
    balancing: balancing && {
      notes: balancing.notes,
      hash: balancing.hash && `0x${hexOfU64(balancing.hash)}`,
      priorities: balancing.priorities.map((each) => ({
        priority: each.priority,
        hosts: each.hosts,
        healthy: each.healthy,
        degraded: each.degraded,
        excluded: each.excluded,
        overprovisioning_factor: each.overprovisioningFactor,
        healthy_availability: each.healthyAvailability,
        degraded_availability: each.degradedAvailability,
        healthy_load: each.healthyLoad,
        degraded_load: each.degradedLoad,
        panic: each.inPanic,
      })),
      lists: balancing.lists.map(({ priority, of, locality, share, by, isChance }) => ({
        priority,
        of,
        locality: locality && nameOfLocality(locality),
        share: roundOrNull(share),
        by,
        chance: isChance,
      })),
    },
  };
}

function drawJson({ stream, purpose, reductions, ...number }: Draw) {
  return { stream, purpose, value: `0x${hexOfU64(number)}`, reductions };
}

function distributionJson({ count, passed, early, clusters, priorities, localities, hosts }: Distribution) {
  const rows = (list: readonly ShareRow[]) => list.map((row) => rowJson(row, passed));
  return {
    count,
    passed,
    early: early.map(({ name, count }) => ({ name, requests: count })),
    clusters: rows(clusters),
    priorities: rows(priorities),
    localities: rows(localities),
    hosts: rows(hosts),
  };
}

function rowJson({ cluster, name, count, exact, isChance, host }: ShareRow, total: number) {
  return {
    ...(cluster !== "" && { cluster }),
    name,
    requests: count,
    share: roundOrNull(total === 0 ? null : count / total),
    exact: roundOrNull(exact),
    chance: isChance,
    ...(host !== null && { health: host.health, weight: host.weight, priority: host.priority }),
  };
}
