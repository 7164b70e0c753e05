import type { Job, Replicate } from "../replicate/study.ts";
import { type Candidate, candidateOf, type Expected } from "./candidate.ts";

/** The runs of a search so far. Arms are the points of the first scenario, then those of the second, and so on. */
export class Trials {
  private readonly points: number;
  private readonly expected: Expected;
  /** By arm, by replication. */
  private readonly replicates: (Replicate | undefined)[][];

  constructor(points: number, expected: Expected) {
    this.points = points;
    this.expected = expected;
    this.replicates = Array.from({ length: points * expected.length }, () => []);
  }

  /** The runs that are missing for so many replications of these points. */
  missing(points: readonly number[], replications: number): Job[] {
    const jobs: Job[] = [];
    for (let replication = 0; replication < replications; replication++) {
      for (const point of points) {
        for (const arm of this.armsOf(point)) {
          if (this.replicates[arm]![replication] === undefined) jobs.push({ arm, replication });
        }
      }
    }
    return jobs;
  }

  add(replicates: readonly (Replicate | undefined)[]): void {
    for (const each of replicates)
      if (each !== undefined) this.replicates[each.arm]![each.replication] = each;
  }

  judge(point: number, replications: number): Candidate {
    const own = this.armsOf(point).map((arm) => Array.from(this.replicates[arm]!));
    return candidateOf(point, own, this.expected, replications);
  }

  /** All points of which a replication of every scenario was made, in the order of the grid. */
  tried(replications: number): Candidate[] {
    return Array.from({ length: this.points }, (_, point) => this.judge(point, replications)).filter(
      ({ n }) => n > 0,
    );
  }

  get runs(): number {
    return this.replicates.reduce((sum, own) => sum + own.filter((each) => each !== undefined).length, 0);
  }

  private armsOf(point: number): number[] {
    return this.expected.map((_, scenario) => scenario * this.points + point);
  }
}
