import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import {
  annotations,
  failuresForTerminal,
  slownessSentence,
  verdictSentence,
  summaryMarkdown,
} from './failure-text.ts';
import type { RunVerdict } from './verdict.ts';
import { cause, sampleFailure, report, reportedTest } from './testing/samples.ts';

const red = report(
  [
    reportedTest(),
    reportedTest({ status: 'failed', title: 'operator: a, b: 100 %', failure: sampleFailure }),
    reportedTest({ status: 'skipped', reason: 'the local engine cannot: kubernetes' }),
  ],
  [cause],
);

test('a failure says what was expected, seen, where, why, and how to see it again', () => {
  expect(stripVTControlCharacters(failuresForTerminal(red)).split('\n')).toEqual([
    'A known fault fails so: Sessions are kept in the memory of each pod. To compare: npm run repro -- memory-sessions',
    '',
    '✘ 401, session missing, from operator.fleet.example by operator-b (1 test)',
    '  Seen         10 of 20 requests failed: 10 x 401 by operator-b',
    '  Test         e2e/session/cross-pod.spec.ts:57:22 operator: a, b: 100 %',
    '  Evidence     GET operator.fleet.example/api/me was answered 401 by operator-b (1.0.0), 10 times, last at 1.1 s',
    "  See it again npm run e2e -- session/cross-pod.spec.ts --grep '40 calls'",
  ]);
});

test('a terminal shows each kind of failures once, and names others of it', () => {
  const alike = Array.from({ length: 8 }, (_, index) =>
    reportedTest({ status: 'failed', title: `t${index}`, failure: sampleFailure }),
  );
  const text = stripVTControlCharacters(failuresForTerminal(report(alike)));
  expect(text).toContain('✘ 401, session missing, from operator.fleet.example by operator-b (8 tests)');
  expect(text).toContain('Also         e2e/session/cross-pod.spec.ts:57:22 t1');
  expect(text).toMatch(/ t3\n +4 more$/);
  const different = Array.from({ length: 25 }, (_, index) =>
    reportedTest({ status: 'failed', failure: { ...sampleFailure, kind: `kind ${index}` } }),
  );
  const many = failuresForTerminal(report(different));
  expect(many.match(/✘/g)).toHaveLength(20);
  expect(many).toMatch(/\n\n5 more kinds of failures; the run report has them\.$/);
});

test('GitHub shows it at the line of the assertion', () => {
  const [line = '', ...more] = annotations(red).split('\n');
  expect(more).toEqual([]);
  expect(line).toMatch(
    /^::error file=e2e\/session\/cross-pod\.spec\.ts,line=57,title=operator%3A a%2C b%3A 100 %25::401, session missing.*%0ATest +e2e\/\S+ operator: a, b: 100 %25%0A/,
  );
});

test('an error outside of tests has no line', () => {
  const broken = report([]);
  broken.verdict.errors.push('a.spec.ts does not load:\n100 %');
  expect(annotations(broken)).toBe('::error::a.spec.ts does not load:%0A100 %25');
});

test('the summary is Markdown with the same lines', () => {
  const text = summaryMarkdown(red);
  expect(text).toContain('## A sentence.');
  expect(text).toContain('| 1 | 1 | 1 | local | 61 |');
  expect(text).toContain('Seen         10 of 20 requests failed');
  expect(text).toContain('- 1 not run: the local engine cannot: kubernetes');
});

const hostile = 'x\n::error::y\n```\n<img src=x>\u001b[2J\r::set-env name=PATH::z\u0085\u2028::debug::w';
const attacked = report(
  [
    reportedTest({
      status: 'failed',
      title: hostile,
      failure: {
        ...sampleFailure,
        saw: hostile,
        evidence: [hostile],
        at: hostile,
        again: [hostile],
        kind: hostile,
      },
    }),
    reportedTest({ status: 'skipped', reason: hostile }),
  ],
  [{ ...cause, title: hostile, explanation: hostile }],
);

test('no text of a test begins a line in the terminal, where GitHub would read a command', () => {
  const text = stripVTControlCharacters(failuresForTerminal(attacked));
  expect(text).not.toMatch(/^\s*::/m);
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\u2028/u);
  expect(failuresForTerminal(attacked)).not.toContain('\u001b[2J');
});

test('no text of a test ends an annotation or begins another', () => {
  expect(annotations(attacked).split(/[\r\n]/)).toHaveLength(1);
});

test('no text of a test ends its block of the summary, or is markup in it', () => {
  const text = summaryMarkdown({ ...attacked, sentence: hostile });
  expect(text.match(/^```/gm)).toHaveLength(2);
  const outside = text.replace(/^```text\n[^]*^```$/m, '');
  expect(outside).not.toMatch(/(?<!\\)<img/);
  expect(outside).not.toMatch(/^\s*::/m);
});

const verdict = (change: Partial<RunVerdict>): RunVerdict => ({
  passed: 0,
  failed: 0,
  skipped: 0,
  harnessFaults: 0,
  errors: [],
  ...change,
});

test.each([
  [{ passed: 3 }, 'All 3 tests passed.'],
  [{ passed: 1, skipped: 2 }, 'The one test passed, and 2 cannot run on this engine.'],
  [{ passed: 3, failed: 1, harnessFaults: 1 }, 'The harness failed, so this run says nothing about the product.'],
  [{ passed: 3, errors: ['The run was interrupted.\nat x'] }, 'No verdict. The run was interrupted.'],
  [{ skipped: 2 }, 'No test ran, so this run says nothing about the product.'],
  [{ passed: 3, failed: 1 }, '1 of 4 tests failed.'],
])('%j', (change, sentence) => {
  expect(verdictSentence(verdict(change), [], [])).toBe(sentence);
});

test('what a run left out is told apart', () => {
  const left = [reportedTest({ status: 'skipped' }), reportedTest({ status: 'skipped', isNotApplicable: true })];
  expect(verdictSentence(verdict({ passed: 2, skipped: 2 }), left, [])).toBe(
    'All 2 tests passed, and 1 cannot run on this engine, and 1 did not apply to this app.',
  );
});

test('a failed run says which known faults fail so, or what was seen', () => {
  const tests = [
    reportedTest({ status: 'failed', failure: sampleFailure }),
    reportedTest({ status: 'failed', failure: sampleFailure }),
  ];
  const failed = verdict({ failed: 2 });
  expect(verdictSentence(failed, tests, [cause])).toBe(
    '2 of 2 tests failed, as with a known fault: sessions are kept in the memory of each pod.',
  );
  expect(verdictSentence(failed, tests, [cause, { ...cause, title: 'Another' }])).toBe(
    '2 of 2 tests failed, as with a known fault: sessions are kept in the memory of each pod; or: another.',
  );
  expect(verdictSentence(failed, tests, [])).toBe(
    '2 of 2 tests failed. Seen: 401, session missing, from operator.fleet.example (2 tests).',
  );
});

test('a run on a slow machine says so', () => {
  expect(slownessSentence(1.4)).toBe('');
  expect(slownessSentence(2.3)).toBe('The machine was 2.3 times slower than a quiet one, so deadlines were longer.');
});
