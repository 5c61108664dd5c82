import { describe, expect, test } from 'vitest';
import { appNames, forEachApp } from '../../apps/environment/apps.ts';
import type { Sample } from '../../e2e/smoke/rules/settle.ts';
import { emptyTimeline, hasArrived, lineOf, noteTick, summaryOf, type Tick } from './timeline.ts';

const answers = (...revisions: string[]): Sample[] =>
  revisions.map((revision) => ({ pod: `pod-${revision}`, revision }));
/** The responses of operator and of all other apps, and the failures of operator. */
const tick = (at: number, operator: Sample[], others: Sample[], failures: string[] = []): Tick => ({
  at,
  apps: { ...forEachApp(() => ({ samples: others, failures: [] })), operator: { samples: operator, failures } },
});
const timelineOf = (...ticks: Tick[]) => {
  const timeline = emptyTimeline();
  for (const one of ticks) noteTick(timeline, one);
  return timeline;
};

const others = appNames.filter((name) => name !== 'operator');

describe('a line', () => {
  test('counts revisions side by side', () => {
    expect(
      lineOf(tick(12_000, answers('2', '1', '2'), answers('1')), '2')
        .replace(/ +/g, ' ')
        .trim(),
    ).toBe(`12.0 s operator 2 x 2 + 1 x 1 ${others.map((name) => `${name} 1 x 1`).join(' ')} ok`);
  });

  test('marks an app that has arrived, and never one that did not answer', () => {
    const down: Sample = { pod: '', revision: '', failure: 'portal is down.' };
    const line = lineOf(tick(0, answers('2', '2'), [down, down]), '2');
    expect(line.replace(/ +/g, ' ')).toContain(
      `operator 2 x 2 ✓ ${others.map((name) => `${name} no answer`).join(' ')} ${2 * others.length} failed: portal is down.`,
    );
  });
});

describe('the new revision has arrived', () => {
  test('when the last answers of both apps are from it', () => {
    const timeline = timelineOf(
      tick(0, answers('1', '2'), answers('1', '1')),
      tick(1, answers('2'), answers('2', '2')),
    );
    expect(hasArrived(timeline, '2', 2)).toBe(true);
    expect(hasArrived(timeline, '2', 3)).toBe(false);
  });

  test('not while one app is behind', () => {
    expect(hasArrived(timelineOf(tick(0, answers('2', '2'), answers('2', '1'))), '2', 2)).toBe(false);
  });

  test('not before there were enough answers', () => {
    expect(hasArrived(timelineOf(tick(0, answers('2'), answers('2'))), '2', 2)).toBe(false);
  });
});

describe('the summary', () => {
  test('passes without failures', () => {
    expect(summaryOf(timelineOf(tick(0, answers('1'), answers('1'))), undefined, 1).passed).toBe(true);
  });

  test('tells from when to when something failed', () => {
    const timeline = timelineOf(
      tick(1_000, answers('1'), answers('1'), ['operator answers 502.']),
      tick(2_000, answers('1'), answers('1')),
      tick(3_000, answers('1'), answers('1'), ['operator answers 502.']),
    );
    const { text, passed } = summaryOf(timeline, undefined, 1);
    expect(passed).toBe(false);
    expect(text).toContain('2 x from 1.0 s to 3.0 s: operator answers 502.');
  });

  test('does not pass when the revision never came', () => {
    const { text, passed } = summaryOf(timelineOf(tick(0, answers('1'), answers('2'))), '2', 1);
    expect(passed).toBe(false);
    expect(text).toContain('operator did not come to 2');
    expect(text).not.toContain('portal did not come');
  });

  test('does not pass on silence', () => {
    expect(summaryOf(emptyTimeline(), undefined, 1).passed).toBe(false);
  });
});
