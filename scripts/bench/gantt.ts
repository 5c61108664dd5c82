import type { TestStatus } from '@playwright/test/reporter';

/** One test on one worker; times in milliseconds since the command started. */
export interface Bar {
  title: string;
  worker: number;
  status: TestStatus;
  start: number;
  end: number;
}

/** A stretch of the run, such as the start of the fleets; milliseconds since the command started. */
export interface Phase {
  name: string;
  start: number;
  end: number;
}

const width = 1200;
const margin = 90;
const laneHeight = 26;
const colours: Record<TestStatus, string> = {
  passed: '#2f9e63',
  failed: '#d64545',
  timedOut: '#d64545',
  interrupted: '#8a8f98',
  skipped: '#b7bcc4',
};

/** A run as an SVG: a lane of phases, and one lane of tests for each worker. Each bar's title names it. */
export function gantt(phases: readonly Phase[], bars: readonly Bar[]): string {
  const end = Math.max(...phases.map((phase) => phase.end), ...bars.map((bar) => bar.end));
  const x = (ms: number): number => margin + (ms / end) * (width - margin - 10);
  const workers = [...new Set(bars.map(({ worker }) => worker))].toSorted((a, b) => a - b);
  const lane = (index: number): number => 10 + index * laneHeight;
  const axis = lane(workers.length + 1) + 6;
  const bar = (from: number, to: number, row: number, fill: string, title: string): string =>
    `<rect x="${x(from).toFixed(1)}" y="${lane(row)}" width="${Math.max(0.5, x(to) - x(from)).toFixed(1)}" ` +
    `height="${laneHeight - 6}" fill="${fill}" stroke="#fff" stroke-width="0.5"><title>${escaped(title)}</title></rect>`;
  const label = (row: number, text: string): string =>
    `<text x="${margin - 8}" y="${lane(row) + 14}" text-anchor="end">${escaped(text)}</text>`;
  const tick = (ms: number): string =>
    `<line x1="${x(ms)}" x2="${x(ms)}" y1="4" y2="${axis}" stroke="#d6d9de"/>` +
    `<text x="${x(ms)}" y="${axis + 14}" text-anchor="middle">${Math.round(ms / 1000)} s</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${axis + 24}" font-family="system-ui, sans-serif" font-size="11" fill="#3b4048">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    ...ticks(end).map(tick),
    label(0, 'phases'),
    ...phases.map(({ name, start, end: to }, index) =>
      bar(start, to, 0, index % 2 === 0 ? '#4a6fa5' : '#86a3cc', `${name}: ${seconds(to - start)}`),
    ),
    ...workers.map((worker, index) => label(index + 1, `worker ${worker}`)),
    ...bars.map(({ title, worker, status, start, end: to }) =>
      bar(start, to, workers.indexOf(worker) + 1, colours[status], `${title}: ${status} in ${seconds(to - start)}`),
    ),
    '</svg>',
  ].join('\n');
}

/** About ten round marks from 0 to the end. */
function ticks(end: number): number[] {
  const step = [1, 2, 5, 10, 20, 30, 60, 120, 300].map((s) => s * 1000).find((ms) => end / ms <= 12) ?? 600_000;
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step);
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
