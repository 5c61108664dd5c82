import type { JSONReport } from '@playwright/test/reporter';
import { expect, test } from 'vitest';
import { scratchFolder } from '../../fleet/testing.ts';
import { specsIn } from './outcome.ts';
import { runSample } from './testing/run-sample.ts';

test('the chosen tests alone run, in the order of the command, across files', async () => {
  const reports = scratchFolder();
  const run = async (tests: string[], reporter: string) => {
    const request = { reports, tests };
    const { stdout } = await runSample('**/testing/{interrupted,sample}.ts', request, { reporter });
    return specsIn(JSON.parse(stdout) as JSONReport).map(({ spec: { id, title, tests } }) => ({
      id,
      title,
      start: tests[0]?.results[0]?.startTime ?? '',
    }));
  };
  const all = await run(['none'], 'json');
  const order = ['after', 'passes', 'before', 'step'];
  const ids = order.map((title) => all.find((each) => each.title === title)?.id ?? '');
  const ran = await run(ids, './e2e/report/order-reporter.ts,json');
  expect(ran.toSorted((a, b) => a.start.localeCompare(b.start)).map(({ title }) => title)).toEqual(order);
});
