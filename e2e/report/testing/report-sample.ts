import { expect, test } from '@playwright/test';
import { sampleTimeline } from './samples.ts';
import { timelineAttachment } from '../timeline.ts';
import { everything } from './canaries.ts';

test.beforeEach(({}, info) => {
  const content = { ...sampleTimeline(), logs: { 'operator-b': everything().split('\n') } };
  info.attachments.push({ ...timelineAttachment, body: Buffer.from(JSON.stringify(content)) });
});

test('passes', () => {});
test('fails and says too much', () => {
  console.log('::error::from the output of a test');
  expect(everything(), '2 of 4 requests failed: 2 x 401 by operator-b').toBe('');
});
test('is skipped', ({}, info) => info.skip(true, 'as the sample wants it'));
