import { type Grid, positionAt } from "../sweep/grid.ts";
import { type Candidate, compareCandidates } from "./candidate.ts";

export const searchNames = ["grid", "descent"] as const;

/** How points are chosen: all of them, or along one axis after the other. */
export type SearchName = (typeof searchNames)[number];

/** What a search wants next: these points with so many replications of each. */
export interface Ask {
  readonly points: readonly number[];
  readonly replications: number;
}

/** Judges a point by its first so many replications, which were asked for before. */
export type Judge = (point: number, replications: number) => Candidate;

/** Larger grids are searched by descent unless told otherwise. */
export const MOST_GRID_POINTS = 64;

/** A search asks by yielding, and goes on when what it asked for has been run. */
export type Search = Generator<Ask, void, void>;

/**
 * Tries every point. A point that misses an expectation in its first replication cannot satisfy all in all
 * replications, so it gets no more of them; the answer is that of running everything.
 */
export function* searchGrid(grid: Grid, judge: Judge, replications: number): Search {
  const all = grid.points.map((_, point) => point);
  yield { points: all, replications: 1 };
  const left = all.filter((point) => judge(point, 1).misses.length === 0);
  if (left.length > 0 && replications > 1) yield { points: left, replications };
}

/**
 * Coordinate descent. From the middle of all axes it goes along one axis after the other, with the others fixed, to
 * the best of that axis, until a round through all axes changes nothing. On an axis the values are thinned out by
 * successive halving: all get one replication, the better half two, the better half of those four, and so on. Where
 * it ends depends on where it began: it may be the best of its neighbours only.
 */
export function* searchByDescent(grid: Grid, judge: Judge, replications: number): Search {
  let here = grid.axes.map(({ values }) => Math.trunc((values.length - 1) / 2));
  for (let isMoving = true; isMoving; ) {
    isMoving = false;
    for (const [axis, { values }] of grid.axes.entries()) {
      const line = values.map((_, index) => positionAt(grid, here.with(axis, index)));
      const best = yield* halve(line, judge, replications);
      const stay = positionAt(grid, here);
      yield { points: [stay], replications };
      // Only what is better moves, so it cannot go round in circles.
      if (compareCandidates(judge(best, replications), judge(stay, replications)) < 0) {
        here = [...grid.points[best]!.indices];
        isMoving = true;
      }
    }
  }
}

function* halve(line: readonly number[], judge: Judge, replications: number): Generator<Ask, number, void> {
  let left = line;
  for (let count = 1; ; count = Math.min(2 * count, replications)) {
    yield { points: left, replications: count };
    const ranked = left
      .map((point) => judge(point, count))
      .sort(compareCandidates)
      .map(({ point }) => point);
    left = ranked.slice(0, count >= replications ? 1 : Math.ceil(ranked.length / 2));
    if (count >= replications) return left[0]!;
  }
}
