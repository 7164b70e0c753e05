import { it } from "vitest";

type Input = { readonly kind: string } & Readonly<Record<string, unknown>>;

export interface Vector {
  readonly id: string;
  readonly about: string;
  readonly input: Input;
  readonly expect: unknown;
}

/**
 * Makes a test of each vector with the runner of its kind; a kind without a runner fails. `whySkipped` names
 * what a vector needs that is not modelled; such a vector shows up as skipped, with that reason.
 */
export function runVectors(
  vectors: unknown,
  // biome-ignore lint/suspicious/noExplicitAny: each runner states the shape of its kind of vector.
  runners: Readonly<Record<string, (input: any, expected: any) => void>>,
  whySkipped: (input: Input) => string | undefined = () => undefined,
): void {
  for (const vector of vectors as readonly Vector[]) {
    const { id, about, input } = vector;
    const reason = whySkipped(input);
    if (reason !== undefined) {
      it.skip(`${id} (${reason}): ${about}`);
      continue;
    }
    it(`${id}: ${about}`, () => {
      const run = runners[input.kind];
      if (run === undefined) throw new Error(`no runner for vectors of kind ${input.kind}`);
      run(input, vector.expect);
    });
  }
}
