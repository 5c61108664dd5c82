/**
 * A duration as the commands print it: `0.4 s`, `12.3 s`, `3 min 20 s`, `1 h 5 min`.
 * @param ms milliseconds.
 */
export function duration(ms: number): string {
  const tenths = Math.round(ms / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min${seconds % 60 === 0 ? '' : ` ${seconds % 60} s`}`;
  const wholeMinutes = Math.round(seconds / 60);
  const rest = wholeMinutes % 60;
  return `${Math.floor(wholeMinutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
}
