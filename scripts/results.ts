import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { JSONReport, JSONReportSuite } from '@playwright/test/reporter';

/** One test of a run, as `prove` needs it. */
export interface TestOutcome {
  /** Relative to `e2e/`. */
  spec: string;
  title: string;
  /** Without the `@`: names of regressions. */
  tags: readonly string[];
  status: 'passed' | 'failed' | 'skipped';
  /** First error, without colours. */
  message: string;
}

/** Reads `results.json` of a run. */
export const readResults = (file: string): TestOutcome[] =>
  outcomesIn(JSON.parse(readFileSync(file, 'utf8')) as JSONReport);

/** The tests of a report; in that of `playwright test --list` all of them are skipped. */
export const outcomesIn = (report: JSONReport): TestOutcome[] =>
  report.suites.flatMap((suite) => outcomesOf(suite, []));

function outcomesOf(suite: JSONReportSuite, path: readonly string[]): TestOutcome[] {
  const here = suite.specs.map((spec): TestOutcome => {
    const result = spec.tests.at(-1)?.results.at(-1);
    const skipped = spec.tests.every((test) => test.status === 'skipped');
    return {
      spec: spec.file.replace(/^e2e\//, ''),
      title: [...path, spec.title].join(': '),
      tags: spec.tags.map((tag) => tag.replace(/^@/, '')),
      status: skipped ? 'skipped' : spec.ok ? 'passed' : 'failed',
      message: stripVTControlCharacters(result?.errors.map((error) => error.message ?? '').join('\n') ?? ''),
    };
  });
  const nested = (suite.suites ?? []).flatMap((inner) => outcomesOf(inner, [...path, inner.title]));
  return [...here, ...nested];
}

export const resultsIn = (reports: string): string => join(import.meta.dirname, '..', reports, 'results.json');
