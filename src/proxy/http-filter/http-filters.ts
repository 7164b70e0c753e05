import type { Message } from "../../decode/message.ts";
import type { Random64 } from "../../random/random64.ts";
import type { FilterLevels } from "../cluster/route-levels.ts";
import { FilterChain, type FilterChainEnds, type Hooked, StreamHooks } from "./filter-chain.ts";
import type {
  ConfiguredFilter,
  FilteredRequest,
  FilterOfProcess,
  FilterOfWorker,
  FilterProcess,
  FilterReading,
  StreamFilter,
} from "./http-filter.ts";
import { httpFilterKinds } from "./registry.ts";
import { isSwitchedOff, type RouteFilterConfig, readRouteFilterConfig } from "./route-filter-config.ts";

interface InChain<Filter> {
  readonly name: string;
  /** Unless a route says otherwise. */
  readonly isDisabled: boolean;
  readonly filter: Filter;
  /** Type of its configurations on routes. */
  readonly routeType: string;
  readonly routeConfigs: ReadonlyMap<Message, RouteFilterConfig>;
}

/** The simulated filters of a connection manager in front of its router, in the order of the configuration. */
export class HttpFilters {
  private readonly filters: readonly InChain<ConfiguredFilter>[];

  /** `routeConfigs`: whatever a route table says of filters, at any level. */
  constructor(
    manager: Message,
    routeConfigs: readonly (readonly [name: string, level: Message])[],
    reading: FilterReading,
  ) {
    this.filters = manager.messages("http_filters").flatMap((filter) => {
      const config = filter.message("typed_config");
      const kind = httpFilterKinds.find(({ type }) => type === config?.typeName);
      const name = filter.string("name");
      const isDisabled = filter.boolean("disabled");
      if (kind === undefined) {
        noteDisabled(
          config,
          isDisabled,
          routeConfigs.flatMap(([of, level]) => (of === name ? [level] : [])),
        );
        return [];
      }
      const own = new Map(
        routeConfigs.flatMap(([of, level]) => (of === name ? [[level, readRouteFilterConfig(level)]] : [])),
      );
      const routeType = kind.routeType ?? kind.type;
      const messages = [...own.values()].flatMap((level) =>
        level.config?.typeName === routeType ? [level.config] : [],
      );
      const configured = kind.read(config!, messages, reading);
      return [{ name, isDisabled, filter: configured, routeType, routeConfigs: own }];
    });
  }

  /** Makes the state that the workers of a process share; the result makes that of each worker. */
  inProcess(process: FilterProcess): (random: Random64) => WorkerFilters {
    const shared: InChain<FilterOfProcess>[] = this.filters.map((entry) => ({
      ...entry,
      filter: entry.filter(process),
    }));
    return (random) => new WorkerFilters(shared.map((entry) => ({ ...entry, filter: entry.filter(random) })));
  }
}

/** That a filter is switched off is simulated also where the filter is not: it says so in the account of what is read. */
function noteDisabled(config: Message | undefined, isDisabled: boolean, levels: readonly Message[]): void {
  const enabling = levels.filter((level) => !isSwitchedOff(level));
  if (isDisabled && enabling.length === 0) config?.noteIdle();
}

/** A filter that takes part in the requests of a route, with what the route says of it. */
interface OnRoute extends Hooked {
  readonly filter: FilterOfWorker;
  readonly config: Message | undefined;
  hooks: StreamHooks | undefined;
}

/** The filters of a connection manager on one worker. */
export class WorkerFilters {
  private readonly filters: readonly InChain<FilterOfWorker>[];
  private readonly onRoutes = new Map<FilterLevels, readonly OnRoute[]>();

  constructor(filters: readonly InChain<FilterOfWorker>[]) {
    this.filters = filters;
  }

  get isEmpty(): boolean {
    return this.filters.length === 0;
  }

  /** The chain of a request, by what its route says of filters. */
  chainFor(request: FilteredRequest & FilterChainEnds, levels: FilterLevels): FilterChain {
    const filters = this.onRoute(levels);
    const streams = new Array<StreamFilter | null>(filters.length);
    for (let i = 0; i < filters.length; i++) {
      const onRoute = filters[i]!;
      const stream = onRoute.filter(request, onRoute.config);
      if (stream !== null) onRoute.hooks ??= new StreamHooks(stream);
      streams[i] = stream;
    }
    return new FilterChain(streams, filters, request);
  }

  private onRoute(levels: FilterLevels): readonly OnRoute[] {
    let taking = this.onRoutes.get(levels);
    if (taking === undefined) this.onRoutes.set(levels, (taking = this.resolve(levels)));
    return taking;
  }

  /**
   * The most specific level says whether a filter is on, and the most specific one with a configuration how; if that is
   * one of another filter, none holds (Envoy 1.40, resolveMostSpecificPerFilterConfig in source/common/http/utility.h).
   */
  private resolve(levels: FilterLevels): OnRoute[] {
    return this.filters.flatMap(({ name, isDisabled, filter, routeType, routeConfigs }) => {
      const said = levels.flatMap((level) => routeConfigs.get(level.get(name)!) ?? []);
      if (said[0]?.isDisabled ?? isDisabled) return [];
      const config = said.find((level) => level.config !== undefined)?.config;
      return [{ filter, config: config?.typeName === routeType ? config : undefined, hooks: undefined }];
    });
  }
}
