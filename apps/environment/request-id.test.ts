import { expect, test } from 'vitest';
import { requestIdOf } from './request-id.ts';

test.each(['0123456789abcdef', 'request-1', '3f1c1d6e-2b1a-4a55-9d3e-9f0a4b1c2d3e'])('%s is taken over', (id) => {
  expect(requestIdOf(id)).toBe(id);
});

test.each([undefined, '', 'short', 'x'.repeat(65), 'a line\nof the log', '{"reason":"idle"}', ['one-of-two', 'two']])(
  '%j is replaced',
  (id) => {
    expect(requestIdOf(id)).toMatch(/^[\da-f]{8}-[\da-f-]{27}$/);
  },
);
