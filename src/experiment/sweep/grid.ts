import { positionsOf } from "../compare/range.ts";
import { combinations, shortNames, type Variation } from "../compare/vary.ts";
import type { VariedVariant } from "../load-scenario.ts";

/** One setting with its values. */
export interface Axis {
  readonly path: string;
  /** The last step of the path, or all of it where that would not tell the axes apart. */
  readonly name: string;
  /** As written. */
  readonly values: readonly string[];
  /** The values as numbers of one unit; undefined where they are none. */
  readonly positions: { readonly unit: string; readonly numbers: readonly number[] } | undefined;
}

/** All combinations of some settings' values, the values of the last axis changing fastest. */
export interface Grid {
  readonly axes: readonly Axis[];
  readonly points: readonly GridPoint[];
}

export interface GridPoint {
  /** Such as `workers=4, lb_policy=MAGLEV`; no two points have the same. */
  readonly name: string;
  /** Position of its value on each axis. */
  readonly indices: readonly number[];
  /** `PATH=VALUE` of each axis. */
  readonly settings: readonly string[];
}

export function makeGrid(variations: readonly Variation[]): Grid {
  const names = shortNames(variations.map(({ path }) => path));
  const axes = variations.map(
    ({ path, values }, index): Axis => ({
      path,
      name: names[index]!,
      values,
      positions: positionsOf(values),
    }),
  );
  const points = combinations(variations).map(({ name, settings }, position) => ({
    name,
    settings,
    indices: indicesOf(position, axes),
  }));
  return { axes, points };
}

function indicesOf(position: number, axes: readonly Axis[]): number[] {
  let rest = position;
  return axes
    .map(({ values }) => values.length)
    .reverse()
    .map((length) => {
      const index = rest % length;
      rest = (rest - index) / length;
      return index;
    })
    .reverse();
}

/** Where the point with these indices stands among the points. */
export function positionAt({ axes }: Grid, indices: readonly number[]): number {
  return axes.reduce((position, { values }, axis) => position * values.length + indices[axis]!, 0);
}

/** The points as variants, made from a variant of the file or from its base. */
export function variantsOf({ points }: Grid, variant: string | undefined): VariedVariant[] {
  return points.map(({ name, settings }) => ({
    name,
    settings,
    ...(variant !== undefined && { of: variant }),
  }));
}
