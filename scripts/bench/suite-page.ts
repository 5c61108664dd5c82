import { html } from '../../e2e/report/html.ts';
import { duration } from '../../e2e/report/duration.ts';
import { badge, cell, page, figure, table } from '../../e2e/report/page.ts';
import { gantt, ganttLegend } from './gantt.ts';
import type { Measured } from './measure-suite.ts';

/** A measured run of the suite as one page: every test on a time line, and the same as a table. */
export function suitePage({ wallSeconds, cpuSeconds, idleShare, peakBytes, phases, bars }: Measured): string {
  const passed = bars.filter(({ status }) => status === 'passed').length;
  const cpu = cpuSeconds.reduce((sum, [, seconds]) => sum + seconds, 0);
  return page(
    'Where the time of the suite goes',
    {
      status: passed === bars.length ? 'passed' : 'failed',
      sentence: `${bars.length} tests took ${duration(wallSeconds * 1_000)}; ${passed} passed`,
      about: `The machine was idle for ${Math.round(idleShare * 100)} % of the time.`,
      facts: [
        [duration(wallSeconds * 1_000), 'wall time'],
        [duration(cpu * 1_000), 'CPU time'],
        [`${(peakBytes / 2 ** 30).toFixed(1)} GiB`, 'resident at most'],
      ],
    },
    html`<h2>Time line</h2>
      ${figure('Time line of the suite', gantt(phases, bars), ganttLegend(phases))}
      <h2>CPU time by kind of process</h2>
      ${table(
        'CPU time',
        ['process', { number: 'seconds' }, { number: 'share' }],
        cpuSeconds.map(([kind, seconds]) => [
          cell(kind),
          cell(seconds.toFixed(1), 'number'),
          cell(`${Math.round((seconds / cpu) * 100)} %`, 'number'),
        ]),
      )}
      <h2>Every test, the slowest first</h2>
      ${table(
        'Tests',
        ['test', 'status', { number: 'worker' }, { number: 'took' }],
        bars
          .toSorted((a, b) => b.end - b.start - (a.end - a.start))
          .map(({ title, status, worker, start, end }) => [
            cell(title, 'wide'),
            cell(badge(status === 'timedOut' ? 'failed' : status)),
            cell(worker, 'number'),
            cell(duration(end - start), 'number'),
          ]),
      )}`,
  );
}
