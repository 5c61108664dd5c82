import { expect, test } from 'vitest';
import { fitsLabel, labelsIn } from './test-labels.ts';

test('labels are the second argument of expect and the message of a poll', () => {
  const source = `
    expect(a, 'plain').toBe(1);
    expect(a, \`of \${path} on \${pod}\`).toBe(1);
    expect.poll(() => a, { message: 'polled', timeout: 1 }).toBe(1);
    expect.soft(a, 'soft').toBe(1);
    expect(a).toBe('no label');
    say(a, 'no label');
  `;
  expect(labelsIn(source)).toEqual(['plain', 'of … on …', 'polled', 'soft']);
});

test.each([
  [/the data after a click/, 'the data after …', true],
  [/plain/, 'a plain label', true],
  [/the data after a click[^]*Received: +200/, 'the data after …', false],
  [/requests failed: .*401/, 'the data after …', false],
  [/anything/, '… of …', false],
])('%s fits the label "%s" whatever was received: %s', (pattern, label, fits) => {
  expect(fitsLabel(pattern, label)).toBe(fits);
});
