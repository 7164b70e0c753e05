import type { Message } from "../../decode/message.ts";
import { withoutPort } from "../../http/authority.ts";
import { headerValues, type RequestHead } from "../../http/request-head.ts";
import { asciiLowerCase } from "../matching/ascii.ts";
import { type RouteProblem, RouteProblems } from "../matching/route-problems.ts";
import { NO_RUNTIME, type Runtime } from "../runtime/runtime.ts";
import { FilterLevelReader, NO_FILTER_LEVELS } from "./filter-levels.ts";
import { compileHeaderMutation } from "./header-mutation.ts";
import { readMirrorPolicies } from "./mirror-policy.ts";
import type { PeerCertificate } from "./peer-certificate.ts";
import { type HashPolicyReader, NOTHING_HASHED, UNKNOWN_ORIGIN } from "./request-hash.ts";
import type { Outcome } from "./route-action.ts";
import type { RouteExplanation } from "./route-explanation.ts";
import type { RouteEntry, RouteMatch, StreamId } from "./route-match.ts";
import { settle, VirtualHost } from "./virtual-host.ts";
import { VirtualHostIndex } from "./virtual-host-index.ts";

/**
 * A compiled `route.v3.RouteConfiguration`. What a request's head decides is remembered by the identity of
 * the head, so that a repeated head costs one look-up; only the part that the stream id decides is worked out
 * each time.
 */
export class RouteTable {
  readonly name: string;
  /** Conditions and actions that meshsim does not model; routes that have any never match. */
  readonly unmodelled: readonly RouteProblem[];
  /** What Envoy refuses in this configuration. */
  readonly rejected: readonly RouteProblem[];
  /** What any of its levels says of HTTP filters. */
  readonly filterConfigs: readonly (readonly [filter: string, config: Message])[];
  /** All routes that send requests upstream. */
  readonly routes: RouteEntry[] = [];
  readonly #virtualHosts = new VirtualHostIndex<VirtualHost>();
  readonly #vhostHeader: string;
  readonly #ignorePort: boolean;
  readonly #outcomes: Readonly<Record<PeerCertificate, WeakMap<RequestHead, Outcome>>> = {
    none: new WeakMap(),
    presented: new WeakMap(),
    validated: new WeakMap(),
  };
  /** Most traffic repeats a few heads. */
  #lastHead: RequestHead | null = null;
  #lastCertificate: PeerCertificate = "none";
  #lastOutcome!: Outcome;

  constructor(config: Message, runtime: Runtime, readHash: HashPolicyReader) {
    const problems = new RouteProblems();
    this.name = config.string("name");
    this.unmodelled = problems.unmodelled;
    this.rejected = problems.rejected;
    this.#vhostHeader = asciiLowerCase(config.string("vhost_header"));
    this.#ignorePort = config.boolean("ignore_port_in_host_matching");
    const ignorePathParameters = config.boolean("ignore_path_parameters_in_path_matching");
    const filterLevelReader = new FilterLevelReader();
    this.filterConfigs = filterLevelReader.all;
    const filterLevels = filterLevelReader.below(config, NO_FILTER_LEVELS);
    const mirrors = readMirrorPolicies(config, runtime);
    const tableMutations = {
      table: compileHeaderMutation(config),
      mostSpecificWins: config.boolean("most_specific_header_mutations_wins"),
    };
    const settings = {
      ignorePathParameters,
      tableMutations,
      mirrors,
      runtime,
      problems,
      readHash,
      filterLevels,
      filterLevelReader,
    };
    for (const virtualHost of config.messages("virtual_hosts"))
      this.#add(virtualHost, new VirtualHost(virtualHost, settings), problems);
  }

  /** The route of a request. `streamId` and `origin` are asked only where chance or they decide. */
  match(
    head: RequestHead,
    streamId: StreamId,
    certificate: PeerCertificate = "none",
    origin = UNKNOWN_ORIGIN,
  ): RouteMatch {
    if (head !== this.#lastHead || certificate !== this.#lastCertificate) {
      this.#lastOutcome = this.#rememberedOutcome(head, certificate);
      this.#lastHead = head;
      this.#lastCertificate = certificate;
    }
    return settle(this.#lastOutcome, streamId, origin);
  }

  #rememberedOutcome(head: RequestHead, certificate: PeerCertificate): Outcome {
    const outcomes = this.#outcomes[certificate];
    let outcome = outcomes.get(head);
    if (outcome === undefined) outcomes.set(head, (outcome = this.#outcomeOf(head, certificate)));
    return outcome;
  }

  #add(config: Message, virtualHost: VirtualHost, problems: RouteProblems): void {
    this.routes.push(...virtualHost.entries);
    virtualHost.domains.forEach((domain, i) => {
      if (this.#virtualHosts.add(domain, virtualHost)) return;
      const reason = `domain ${domain} appears twice in route configuration ${this.name}`;
      problems.reject(`${config.path}.domains[${i}]`, reason);
    });
  }

  /** The name of the virtual host of a request; null: there is none. */
  virtualHostOf(head: RequestHead): string | null {
    return this.#find(head)?.name ?? null;
  }

  /** As `match`, with every step on the way. */
  explain(
    head: RequestHead,
    streamId: StreamId,
    certificate: PeerCertificate = "none",
    origin = UNKNOWN_ORIGIN,
  ): RouteExplanation {
    const host = this.#hostOf(head);
    const fitting = [...this.#virtualHosts.fitting(host)];
    const domains = fitting.map(({ domain, virtualHost: { name } }) => ({ domain, virtualHost: name }));
    const virtualHost = fitting[0]?.virtualHost;
    if (virtualHost !== undefined)
      return { host, domains, ...virtualHost.explain(head, streamId, certificate, origin) };
    const match = { kind: "none", virtualHost: null } as const;
    return { host, domains, needsTls: false, candidates: [], notLookedAt: 0, match };
  }

  #find(head: RequestHead): VirtualHost | null {
    return this.#virtualHosts.find(this.#hostOf(head));
  }

  #hostOf(head: RequestHead): string | undefined {
    const host = this.#vhostHeader === "" ? head.authority : headerValues(head, this.#vhostHeader)[0];
    return host !== undefined && this.#ignorePort ? withoutPort(host) : host;
  }

  #outcomeOf(head: RequestHead, certificate: PeerCertificate): Outcome {
    return this.#find(head)?.outcomeOf(head, certificate) ?? { kind: "none", virtualHost: null };
  }
}

/** Compiles a `route.v3.RouteConfiguration`. `readHash`: how requests are hashed where that chooses the cluster. */
export function compileRouteTable(
  config: Message,
  runtime: Runtime = NO_RUNTIME,
  readHash: HashPolicyReader = NOTHING_HASHED,
): RouteTable {
  return new RouteTable(config, runtime, readHash);
}
