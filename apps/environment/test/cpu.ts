/** Milliseconds of CPU, the least of three runs: others use this process's time as well. */
export async function cpuOf(work: () => unknown): Promise<number> {
  let least = Infinity;
  for (let run = 0; run < 3; run += 1) {
    const begun = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(begun);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

/** Linear work on 64 KB to compare with, because machines differ: 8 ms where nothing else runs. */
export const cpuOfEncoding = (): Promise<number> =>
  cpuOf(() => Array.from('a=b;'.repeat(16_384), encodeURIComponent).join(''));
