/** The seed of a replication: replication 0 is the scenario's own seed, every other one has a seed made from it. */
export function replicationSeed(seed: string, replication: number): string {
  return replication === 0 ? seed : `${seed}/${replication}`;
}
