/** What the other costs are divided by, unless the workload says otherwise; targets are for the first. */
const RATIO_TO = ["cpp-pq", "simpy"];
/** Beyond so many standard errors an answer is wrong. */
const WRONG = 4;

/** Nanoseconds of CPU per customer, request or operation. */
export function cost(result) {
  return (result.cpu_s / (result.customers || result.events)) * 1e9;
}

/**
 * The rows of one workload. `rounds` has, for every round, the results by peer; a ratio is the cost of a peer
 * over that of another in the same round, because the machine's speed changes from round to round.
 */
export function rowsOf(workload, peers, rounds) {
  return peers.map((peer) => {
    const results = rounds.map((round) => round[peer]);
    const references = workload.referencesOf?.[peer] ?? workload.references;
    const scores = Object.entries(references)
      .filter(([name]) => results[0][name] !== undefined)
      .map(([name, reference]) => ({ name, score: zScore(name, reference, results) }));
    const others = ratioTo(workload).filter((other) => other !== peer && peers.includes(other));
    const ratios = others.map((other) => ({
      other,
      ...spread(rounds.map((round) => cost(round[peer]) / cost(round[other]))),
    }));
    const target = workload.targets?.[peer];
    return {
      peer,
      size: results[0].customers || results[0].events,
      ns: spread(results.map(cost)),
      ratios,
      scores,
      target,
    };
  });
}

export function isWrong(row) {
  return row.scores.some(({ score }) => !(Math.abs(score) <= WRONG));
}

export function printTable(workload, rows, roundCount) {
  console.log(`\n${workload.title}`);
  const pending = workload.pending === undefined ? "" : `, ${workload.pending.toLocaleString("en")} pending`;
  console.log(`ns of CPU per ${workload.unit}${pending}; min / median / max of ${roundCount} rounds`);
  const others = ratioTo(workload);
  const headings = ["peer", "size", "ns", ...others.map((other) => `ratio to ${other}`), "agrees"];
  const cells = rows.map((row) => [
    row.peer,
    row.size.toLocaleString("en"),
    range(row.ns),
    ...others.map((other, i) => ratioCell(row, other, i === 0)),
    agreement(row),
  ]);
  const widths = headings.map((heading, i) =>
    Math.max(heading.length, ...cells.map((line) => line[i].length)),
  );
  for (const line of [headings, ...cells]) {
    console.log(
      line
        .map((cell, i) => cell.padEnd(widths[i]))
        .join("  ")
        .trimEnd(),
    );
  }
}

function ratioTo(workload) {
  return workload.ratioTo ?? RATIO_TO;
}

function ratioCell(row, other, isTarget) {
  const ratio = row.ratios.find((candidate) => candidate.other === other);
  if (ratio === undefined) return "-";
  const target = isTarget && row.target !== undefined ? ` (target ${row.target})` : "";
  return range(ratio) + target;
}

function agreement(row) {
  const scores = row.scores.map(({ name, score }) => `${name} ${score.toFixed(1)}`).join(", ");
  return isWrong(row) ? `WRONG: ${scores}` : scores;
}

/**
 * Deviation of the mean over all rounds from the reference, in standard errors. A value that is rounded up by
 * a known share counts only by what that cannot explain.
 */
function zScore(name, { value, variance, error }, results) {
  const mean = results.reduce((sum, result) => sum + result[name], 0) / results.length;
  const samples = results.reduce(
    (sum, result) => sum + (result.sampleSize ?? (result.customers || result.events)),
    0,
  );
  const roundedUp = name.startsWith("p") ? value * (results[0].resolution ?? 0) : 0;
  const deviation = mean > value ? Math.max(0, mean - value - roundedUp) : mean - value;
  return deviation / Math.sqrt(variance / samples + error * error);
}

function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
  return { min: sorted[0], median, max: sorted.at(-1) };
}

function range({ min, median, max }) {
  return [min, median, max]
    .map((number) => number.toPrecision(number >= 100 ? Math.ceil(Math.log10(number + 1)) : 3))
    .join(" / ");
}
