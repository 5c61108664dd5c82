import type { TestStatus } from '@playwright/test/reporter';
import { html, type Html } from '../../e2e/report/html.ts';
import { duration } from '../../e2e/report/duration.ts';

import { legend } from '../../e2e/report/legend.ts';
import { axis, scaleTo } from '../../e2e/report/scale.ts';

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

const width = 1160;
const left = 80;
const right = width - 12;
const laneHeight = 28;
const classes: Record<TestStatus, string> = {
  passed: 'ok',
  failed: 'refused',
  timedOut: 'refused',
  interrupted: 'moved',
  skipped: 'moved',
};
const phaseColours = ['s0', 's1', 's4', 's3'];
/** The colour of the n-th phase. */
const phaseClass = (index: number): string => phaseColours[index % phaseColours.length] ?? '';

/** A run as a picture: a lane of phases, and one lane of tests for each worker. Each bar's title names it. */
export function gantt(phases: readonly Phase[], bars: readonly Bar[]): Html {
  const scale = scaleTo(Math.max(...phases.map(({ end }) => end), ...bars.map(({ end }) => end)), {
    left,
    right,
  });
  const { x } = scale;
  const workers = [...new Set(bars.map(({ worker }) => worker))].toSorted((a, b) => a - b);
  const lane = (index: number): number => 10 + index * laneHeight;
  const bottom = lane(workers.length + 1) + 4;
  const bar = (start: number, end: number, row: number, kind: string, title: string): Html =>
    html`<rect
      x="${x(start)}"
      y="${lane(row)}"
      width="${Math.max(1, x(end) - x(start) - 1)}"
      height="${laneHeight - 8}"
      rx="2"
      class="${kind}"
      ><title>${title}</title></rect
    >`;
  const label = (row: number, text: string): Html =>
    html`<text x="${left - 8}" y="${lane(row) + 14}" text-anchor="end">${text}</text>`;
  return html`<svg viewBox="0 0 ${width} ${bottom + 22}" role="img" aria-label="Time line of the suite">
    ${axis(scale, 4, bottom)} ${label(0, 'phases')}
    ${phases.map(({ name, start, end }, index) => bar(start, end, 0, phaseClass(index), `${name}: ${duration(end - start)}`))}
    ${workers.map((worker, index) => label(index + 1, `worker ${worker}`))}
    ${bars.map(({ title, worker, status, start, end }) => bar(start, end, workers.indexOf(worker) + 1, classes[status], `${title}: ${status} in ${duration(end - start)}`))}
  </svg>`;
}

/** What the colours of phases and tests mean. */
export const ganttLegend = (phases: readonly Phase[]): Html =>
  legend([
    ...phases.map(({ name, start, end }, index) => [phaseClass(index), `${name}, ${duration(end - start)}`] as const),
    ['ok', 'test that passed'],
    ['refused', 'test that failed'],
  ]);
