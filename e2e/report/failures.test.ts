import { expect, test } from 'vitest';
import { regression } from '../../fixtures/regressions/regression.ts';
import type { TestOutcome } from '../reporters/outcome.ts';
import { failureOf } from './failures.ts';

const spec = 'session/a.spec.ts';
const outage = regression({
  name: 'outage',
  title: 'An outage',
  explanation: 'It is down.',
  change: {},
  caughtBy: { [spec]: /Received: 503/ },
  app: 'operator',
  symptom: { kind: 'specs' },
});
const outcome: TestOutcome = {
  spec,
  title: 'operator: a title',
  line: 1,
  tags: ['outage'],
  status: 'failed',
  endedAt: 0,
  message: 'Error: the page · Received: 503',
  from: 'test',
  at: [],
};

test('a failure of the product has a likely cause', () => {
  const { isHarness, causes } = failureOf(outcome, undefined, [outcome], [outage]);
  expect({ isHarness, causes: causes.map(({ regression: name }) => name) }).toEqual({
    isHarness: false,
    causes: ['outage'],
  });
});

test('a harness fault after the first error is reported instead of it, without a likely cause', () => {
  const slow = { ...outcome, harnessFault: 'HarnessError: http://127.0.0.1:9000 is too slow for this test.' };
  const { isHarness, causes, saw, message } = failureOf(slow, undefined, [slow], [outage]);
  expect({ isHarness, causes }).toEqual({ isHarness: true, causes: [] });
  expect(saw).toContain('is too slow for this test');
  expect(message).toContain(outcome.message);
});
