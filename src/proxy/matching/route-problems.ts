/** Something in a route configuration that keeps it from being used. */
export interface RouteProblem {
  /** Where it is in the configuration, such as `...routes[3].match.tls_context`. */
  readonly path: string;
  readonly reason: string;
}

/** Gathers, while a route table is compiled, what it must not be used with. */
export class RouteProblems {
  /** Decisions about routes that meshsim does not model. */
  readonly unmodelled: RouteProblem[] = [];
  /** What Envoy refuses. */
  readonly rejected: RouteProblem[] = [];

  /** The test in place of a condition that is not modelled; its answer does not count. */
  conditionNotModelled(path: string, what: string): () => false {
    this.unmodelled.push({ path, reason: `condition not modelled: ${what}` });
    return () => false;
  }

  actionNotModelled(path: string, what: string): void {
    this.unmodelled.push({ path, reason: `route action not modelled: ${what}` });
  }

  reject(path: string, reason: string): void {
    this.rejected.push({ path, reason });
  }
}
