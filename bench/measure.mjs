/**
 * Runs `work` and adds to its result the time that it took: wall clock, and CPU of the whole process
 * (compiler and collector threads too).
 */
export function measured(work) {
  const cpuBefore = process.cpuUsage();
  const wallBefore = process.hrtime.bigint();
  const result = work();
  const seconds = Number(process.hrtime.bigint() - wallBefore) / 1e9;
  const cpu = process.cpuUsage(cpuBefore);
  return { ...result, seconds, cpu_s: (cpu.user + cpu.system) / 1e6 };
}

/** The one line that every peer prints. */
export function printLine(peer, workload, result) {
  const line = {
    peer,
    workload,
    ...result,
    events_per_s: Math.trunc(result.events / result.seconds),
    rss_mb: Math.trunc(process.resourceUsage().maxRSS / 1024),
  };
  console.log(JSON.stringify(line));
}
