/** A horizontal axis of time. */
export interface Scale {
  /** Milliseconds to a coordinate. */
  x: (ms: number) => number;
  /** About ten round times from 0 to the end, in milliseconds. */
  ticks: readonly number[];
}

const steps = [1, 2, 5].flatMap((digit) => [10, 100, 1_000, 10_000, 100_000].map((power) => digit * power));

export function scaleTo(end: number, { left, right }: { left: number; right: number }): Scale {
  const last = Math.max(end, 1);
  const step = steps.toSorted((a, b) => a - b).find((ms) => last / ms <= 12) ?? 600_000;
  return {
    x: (ms) => Math.round((left + (Math.min(ms, last) / last) * (right - left)) * 10) / 10,
    ticks: Array.from({ length: Math.floor(last / step) + 1 }, (_, index) => index * step),
  };
}

/**
 * Puts items that overlap into rows below each other.
 * @param rows the most; what does not fit goes into the last one.
 * @returns the row of each item.
 */
export function packed(items: ReadonlyArray<{ from: number; to: number }>, rows: number): number[] {
  const ends: number[] = [];
  return items.map(({ from, to }) => {
    const free = ends.findIndex((end) => end <= from);
    const row = free === -1 ? Math.min(ends.length, rows - 1) : free;
    ends[row] = Math.max(ends[row] ?? 0, to);
    return row;
  });
}
