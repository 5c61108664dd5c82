import { expect, test } from 'vitest';
import { labelsIn } from './test-labels.ts';

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
