import { expect, test } from 'vitest';
import { Steps } from './steps.ts';

test('each regression shows its step, and what is left follows from what is done', () => {
  let now = 1_000;
  const steps = new Steps(3, () => now);
  expect(steps.summary).toBe('[0/3] 0.0 s gone');
  steps.enter('memory-sessions', 'build');
  now += 2_000;
  steps.enter('memory-sessions', 'up');
  steps.enter('http-sign-out', 'specs');
  now += 3_000;
  expect(steps.lines()).toEqual(['  memory-sessions: up 3.0 s', '  http-sign-out: specs 3.0 s', '[0/3] 5.0 s gone']);
  steps.enter('memory-sessions', 'specs');
  now += 25_000;
  expect(steps.leave('memory-sessions')).toBe('build 2.0 s, up 3.0 s, specs 25.0 s');
  expect(steps.lines()).toEqual(['  http-sign-out: specs 28.0 s', '[1/3] 30.0 s gone, about 1 min left']);
});
