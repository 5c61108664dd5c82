import { stripVTControlCharacters, styleText } from 'node:util';
import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';
import { seenIn } from '../../fixtures/seen-in.ts';
import { duration } from '../../fleet/duration.ts';
import { notApplicable } from '../not-applicable.ts';
import { headline } from '../report/headline.ts';
import { claims, wasTried } from './claims.ts';

/** Of what stands under a row. */
const indent = ' '.repeat(28);

const colours = { proved: 'green', broken: 'red', unproven: 'yellow', [notApplicable]: 'dim' } as const;

/** What a person sees: a row for each claim when it has ended, and for a broken one what was seen and where else. */
export default class TableReporter implements Reporter {
  onTestEnd(test: TestCase, { status, duration: ms, errors: [error] }: TestResult): void {
    const claim = claims[test.title];
    if (status === 'interrupted') return;
    const seen = stripVTControlCharacters(error?.message ?? '');
    const why = test.annotations.find(({ type }) => type === notApplicable)?.description;
    const verdict = error ? (wasTried(seen) ? 'broken' : 'unproven') : why ? notApplicable : 'proved';
    console.log(
      `${styleText(colours[verdict], verdict.padEnd(14))} ${claim ? `${test.title.padEnd(12)} ${claim.shows}` : test.title} (${duration(ms)})`,
    );
    if (why) console.log(`${indent}${why}`);
    if (!error) return;
    console.log(`${indent}${headline(seen, undefined, 400)}`);
    if (!claim || verdict !== 'broken') return;
    const issues = [...new Set(claim.like.flatMap((name) => seenIn[name] ?? []))];
    const others = issues.length > 0 ? `. Others met it: ${issues.join(', ')} (GitHub)` : '';
    console.log(`${indent}Known ways: ${claim.like.join(', ')}${others}.`);
  }

  onError({ message = 'unknown error' }: { message?: string }): void {
    console.log(styleText('red', `✘ ${stripVTControlCharacters(message)}`));
  }
}
