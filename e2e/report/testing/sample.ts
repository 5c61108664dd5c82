import { expect, test as base } from '@playwright/test';
import { HarnessError } from '../../../fleet/errors.ts';
import { needsAnnotation, requirementAnnotation } from '../outcome.ts';
import { timelineAttachment } from '../timeline.ts';
import { sampleTimeline } from './samples.ts';

const test = base.extend<{ broken: void; lateBroken: void; says: void }>({
  broken: async ({}, use) => {
    expect('in a fixture').toBe('');
    await use();
  },
  lateBroken: async ({}, use) => {
    await use();
    throw new HarnessError('The fixture does not end.');
  },
  says: [
    async ({}, use, info) => {
      info.annotations.push({ type: needsAnnotation, description: info.title.startsWith('needs') ? 'kubernetes' : '' });
      info.skip(info.title.endsWith('skips'), 'as the sample wants it');
      await use();
    },
    { auto: true },
  ],
});

test('passes', { tag: '@fault', annotation: { type: requirementAnnotation, description: 'STANDARD 1.1' } }, () => {});
test('body', () => expect(1, 'label').toBe(2));
test('step', () => test.step('within', () => expect(1, 'label').toBe(2)));
test('says too much', ({}, info) => {
  info.attachments.push({ ...timelineAttachment, body: Buffer.from(JSON.stringify(sampleTimeline())) });
  console.log('::error::from the output of a test');
  expect(1, '2 of 4 requests failed: 2 x 401 by operator-b').toBe(2);
});
test('timeout', async () => {
  test.setTimeout(100);
  await new Promise((resolve) => {
    setTimeout(resolve, 5000);
  });
});
test('fixture', ({ broken: _broken }) => {});
test('late fixture', ({ lateBroken: _late }) => {});
test('body, then late fixture', ({ lateBroken: _late }) => expect(1, 'label').toBe(2));
test.describe('hook', () => {
  test.beforeEach(() => expect(1, 'label').toBe(2));
  test('before', () => {});
});
test('needs what the engine lacks and skips', () => {});
test('lacks nothing and skips', () => {});
