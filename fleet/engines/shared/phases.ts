import { duration } from '../../duration.ts';

/** Reports each phase with the time since the phase before, and since the start of the run. */
export function phases(onProgress: (line: string) => void): (name: string) => void {
  const startedAt = performance.now();
  let last = startedAt;
  return (name) => {
    const now = performance.now();
    onProgress(`${name} (${duration(now - last)}, ${duration(now - startedAt)} in all)`);
    last = now;
  };
}
