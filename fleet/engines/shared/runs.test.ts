import { expect, test } from 'vitest';
import { reapAbandoned } from './runs.ts';

const run = (runId: string, alive?: boolean) => ({
  runId,
  startedAt: '',
  detached: false,
  ...(alive === undefined ? {} : { alive }),
});

test('abandoned runs are ended; one that cannot be is reported and prevents nothing', async () => {
  const ended: string[] = [];
  const lines: string[] = [];
  const end = (runId: string): void => {
    if (runId === 'stuck') throw new Error('The cluster does not answer.');
    ended.push(runId);
  };
  const runs = [run('up', true), run('stuck', false), run('left', false), run('unknown')];
  await reapAbandoned(runs, end, (line) => lines.push(line));
  expect(ended).toEqual(['left']);
  expect(lines).toEqual([
    'stuck was abandoned and cannot be cleared away: The cluster does not answer.',
    'left was abandoned and is cleared away',
  ]);
});
