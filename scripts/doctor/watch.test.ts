import { expect, test } from 'vitest';
import { appNames } from '../../apps/environment/apps.ts';
import type { ProbeAnswer } from '../../e2e/probes/probes.ts';
import { streak } from '../../e2e/probes/settle.ts';
import { hasArrived, roundLine, watchResult } from './watch.ts';

/** Answers of an app's pods about themselves. */
const ready = (of: ProbeAnswer['of'], at: number, ...revisions: string[]): ProbeAnswer[] =>
  revisions.map((revision) => ({ at, of, probe: 'ready', status: 200, pod: `pod-${revision}`, revision, facts: {} }));
const failed = (of: ProbeAnswer['of'], at: number, problem: string): ProbeAnswer => ({
  ...ready(of, at, '')[0]!,
  problem,
});
const others = appNames.filter((name) => name !== 'operator');
const ofOthers = (...revisions: string[]): ProbeAnswer[] => others.flatMap((name) => ready(name, 0, ...revisions));

test('a line counts revisions side by side, and marks an app that is on the new one', () => {
  const round = [...ready('operator', 12_000, '2', '1', '2'), ...ofOthers('2')];
  expect(roundLine(round, { apps: appNames, sha: '2' }).replace(/ +/g, ' ').trim()).toBe(
    `12.0 s operator 2 x 2 + 1 x 1 ${others.map((name) => `${name} 2 x 1 ✓`).join(' ')} ok`,
  );
});

test('a line never marks an app that did not answer, and says how many requests failed', () => {
  const down = others.flatMap((name) => [failed(name, 0, 'it is down.'), failed(name, 0, 'it is down.')]);
  expect(
    roundLine([...ready('operator', 0, '2'), ...down], { apps: appNames, sha: '2' }).replace(/ +/g, ' '),
  ).toContain(
    `operator 2 x 1 ✓ ${others.map((name) => `${name} no answer`).join(' ')} ${2 * others.length} failed: it is down.`,
  );
});

test('the new revision has arrived when enough last answers are from it', () => {
  const answersOf = (last: number) => ready('operator', 0, '1', ...Array<string>(last).fill('2'));
  expect([streak - 1, streak].map((last) => hasArrived(answersOf(last), 'operator', '2'))).toEqual([false, true]);
});

test('the summary says from when to when something failed', () => {
  const problem = 'operator answers 502.';
  const answers = [failed('operator', 1_000, problem), ...ofOthers('1'), failed('operator', 3_000, problem)];
  const { text, passed } = watchResult(answers, { apps: appNames, sha: undefined });
  expect(passed).toBe(false);
  expect(text).toContain('2 x from 1.0 s to 3.0 s: operator answers 502.');
});

test('the summary passes without failures, and not on silence', () => {
  const summary = (answers: ProbeAnswer[]) => watchResult(answers, { apps: appNames, sha: undefined }).passed;
  expect([summary(ofOthers('1')), summary([])]).toEqual([true, false]);
});

test('the summary does not pass when the revision never came', () => {
  const arrived = others.flatMap((name) => ready(name, 0, ...Array<string>(streak).fill('2')));
  const { text, passed } = watchResult([...ready('operator', 0, '1'), ...arrived], { apps: appNames, sha: '2' });
  expect(passed).toBe(false);
  expect(text).toContain('operator did not come to 2');
  expect(text).not.toContain('portal did not come');
});
