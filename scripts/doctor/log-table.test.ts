import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { sessionLinesIn } from '../../e2e/models/session-reports.ts';
import { logTable } from './log-table.ts';

const line = (second: number, facts: object) =>
  JSON.stringify({ time: `2026-01-01T10:00:0${second}.000Z`, event: 'no-session', app: 'portal', ...facts });
const tableOf = (...log: string[]) => {
  const { text, isWrong } = logTable(sessionLinesIn(log));
  return { lines: stripVTControlCharacters(text).split('\n'), isWrong };
};

test('requests are counted by reason and pod, and each reason is explained once', () => {
  const { lines, isWrong } = tableOf(
    `[pod/portal-b/portal] ${line(3, { reason: 'unreadable', pod: 'portal-b', session: 'two' })}`,
    line(1, { reason: 'unreadable', pod: 'portal-b', session: 'one' }),
    'Listening on http://[::]:3000 {',
    line(2, { reason: 'none', pod: 'portal-a', count: 7 }),
    '{"level":"info"}',
    line(4, { event: 'session-end', reason: 'idle', pod: 'portal-a', session: 'three' }),
  );
  expect(lines.slice(0, 4)).toEqual([
    'what     reason      pod       requests  sessions  first     last (UTC)',
    'refused  none        portal-a  7         0         10:00:02  10:00:02',
    'refused  unreadable  portal-b  2         2         10:00:01  10:00:03',
    'ended    idle        portal-a  1         1         10:00:04  10:00:04',
  ]);
  expect(lines.filter((text) => /^(?:none|unreadable|idle): /.test(text))).toHaveLength(3);
  expect(isWrong).toBe(true);
});

test('what users and administrators do is not wrong; a pod and Authentik that refuse are', () => {
  expect(tableOf(line(1, { reason: 'signed-out' }), line(2, { reason: 'refused' })).isWrong).toBe(false);
  expect(tableOf(line(1, { event: 'sign-in', outcome: 'misconfigured' })).isWrong).toBe(true);
});

test('a log without such lines proves nothing', () => {
  expect(() => tableOf('a', 'b')).toThrow(/^No line is of an app about a session\. Give the whole log/);
});

test('lines that are not as the apps write them are counted, and change nothing else', () => {
  const right = line(1, { reason: 'idle', pod: 'portal-a' });
  const odd = [{ time: undefined }, { time: 'yesterday' }, { count: -5 }, { count: 1e99 }, { pod: '\u001b[31mred' }];
  const { lines, isWrong } = tableOf(...odd.map((facts) => line(2, { reason: 'missing', ...facts })), right);
  expect(lines.toSpliced(-1)).toEqual(tableOf(right).lines);
  expect(lines.at(-1)).toBe('Left out, because they are not as the apps write them: 5 lines about sessions.');
  expect(isWrong).toBe(false);
});
