import { duration } from '../../fleet/duration.ts';
import { html, type Html } from './html.ts';

/** A horizontal axis of time. */
export interface Scale {
  /** Milliseconds to a coordinate. */
  x: (ms: number) => number;
  /** About ten round times from 0 to the end, in milliseconds. */
  ticks: readonly number[];
}

/** Distances of ticks: round parts of a second, of a minute, of an hour. Milliseconds. */
const steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600].map(
  (seconds) => seconds * 1_000,
);

export function scaleTo(end: number, { left, right }: { left: number; right: number }): Scale {
  const last = Math.max(end, 1);
  const step = steps.find((ms) => last / ms <= 12) ?? last;
  return {
    x: (ms) => Math.round((left + (Math.min(ms, last) / last) * (right - left)) * 10) / 10,
    ticks: Array.from({ length: Math.floor(last / step) + 1 }, (_, index) => index * step),
  };
}

/** The axis with its ticks, from `top` to `bottom`; the text below it takes 20 pixels. */
export const axis = ({ x, ticks }: Scale, top: number, bottom: number): Html =>
  html`${ticks.map((ms) => html`<path class="grid" d="M${x(ms)} ${top}V${bottom}" /><text class="soft" x="${x(ms)}" y="${bottom + 14}" text-anchor="${x(ms) > x(Infinity) - 30 ? 'end' : 'middle'}">${ms < 60_000 ? `${ms / 1_000} s` : duration(ms)}</text>`)}`;

/**
 * Distributes overlapping items over rows.
 * @param rows maximum number; items that do not fit go into the last one.
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
