/** The kernel counts CPU time in ticks of up to 10 ms; with this many milliseconds of it a tick does not matter. */
const enoughMs = 200;

/** CPU milliseconds of this thread since it started. Unlike the time on the clock, other programs do not change it. */
export function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** CPU milliseconds of this thread for one run of `work`, which is repeated until the figure is reliable. */
export function cpuMsPerRun(work: () => unknown): number {
  const before = threadCpuMs();
  let runs = 0;
  for (let batch = 1; threadCpuMs() - before < enoughMs; batch *= 2) {
    for (let run = 0; run < batch; run += 1) work();
    runs += batch;
  }
  return (threadCpuMs() - before) / runs;
}
