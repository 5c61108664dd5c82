/** Reports each phase with the milliseconds since the phase before and those since the start of the run. */
export function phases(onProgress: (line: string) => void): (name: string) => void {
  const startedAt = performance.now();
  let last = startedAt;
  return (name) => {
    const now = performance.now();
    onProgress(`${name} (${Math.round(now - last)} ms, ${Math.round(now - startedAt)} ms in all)`);
    last = now;
  };
}
