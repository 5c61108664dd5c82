import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters, styleText } from 'node:util';
import type { FullResult, Reporter, Suite, TestCase, TestResult } from '@playwright/test/reporter';
import { saidOnce } from '../../fleet/engines/live/unreachable.ts';
import { verdictOn } from '../report/verdict.ts';
import { variables, type SmokeTarget } from '../probes/target.ts';

/** One check, as written to `smoke.json`. */
interface CheckRecord {
  /** `operator`, `portal` or `auth`. */
  of: string;
  check: string;
  status: 'passed' | 'failed' | 'skipped' | 'not checked';
  saw: string;
  /** Sentences: its faults, or why it was skipped. */
  says: string[];
  milliseconds: number;
}

const marks = {
  passed: styleText('green', '✓'),
  failed: styleText('red', '✗'),
  skipped: '–',
  'not checked': '?',
} as const;

const target = JSON.parse(process.env[variables.target] ?? '{}') as Partial<SmokeTarget>;

/** Prints the observation of each check, and writes `smoke.json` with the verdict that becomes the exit code. */
export default class SmokeReporter implements Reporter {
  readonly #folder: string;
  readonly #errors: string[] = [];
  readonly #checks: CheckRecord[] = [];
  readonly #ended = new Set<TestCase>();
  #suite: Suite | undefined;

  constructor({ folder }: { folder: string }) {
    this.#folder = folder;
  }

  onBegin(_config: unknown, suite: Suite): void {
    this.#suite = suite;
  }

  onError({ message = 'unknown error' }: { message?: string }): void {
    this.#errors.push(message);
    console.log(message);
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    const check = recordOf(test, result);
    this.#checks.push(check);
    if (check.status !== 'not checked') this.#ended.add(test);
    const said = check.saw || (check.status === 'skipped' ? check.says.join(' ') : '');
    console.log(`${marks[check.status]} ${check.of.padEnd(8)} ${check.check}${said && styleText('dim', `  ${said}`)}`);
  }

  onEnd({ status }: Pick<FullResult, 'status'>): void {
    if (status === 'timedout') this.#reportUnchecked();
    const { verdict } = verdictOn(this.#suite?.allTests() ?? [], this.#errors);
    const { urls, sha } = target;
    const report = { urls, sha, verdict, checks: this.#checks };
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(join(this.#folder, 'smoke.json'), `${JSON.stringify(report, null, 2)}\n`);
    // At the end, where they are looked for, and once: a host that is down fails each of its checks.
    const failed = this.#checks.filter((check) => check.status === 'failed');
    console.log('');
    for (const { sentence } of saidOnce(failed.flatMap(({ says }) => says))) console.log(`${marks.failed} ${sentence}`);
    console.log(`${verdict.passed} passed, ${verdict.failed} failed, ${verdict.skipped} skipped`);
  }

  /** An unfinished check is not a verdict, and neither is one that did not start. */
  #reportUnchecked(): void {
    const unchecked = (this.#suite?.allTests() ?? []).filter((test) => !this.#ended.has(test));
    const names = unchecked.map((test) => `  ${test.parent.title}: ${test.title}\n`);
    const seconds = (target.budget ?? 0) / 1_000;
    this.onError({
      message:
        `The ${seconds} s for all checks were over before ${names.length} of them had ended:\n${names.join('')}` +
        'Look at what answers slowly above, or run fewer with --grep.',
    });
  }
}

/** What `redact-reporter.ts` has left of a result: it runs first, and changes the texts in place. */
function recordOf(test: TestCase, result: TestResult): CheckRecord {
  const annotated = (type: string) =>
    test.annotations.concat(result.annotations).find((one) => one.type === type)?.description;
  const status = statusOf(result);
  return {
    of: test.parent.title,
    check: test.title,
    status,
    saw: annotated('saw') ?? '',
    says: [
      ...(status === 'skipped' ? [annotated('skip') ?? 'not run'] : []),
      ...result.errors.flatMap(({ message = '' }) => sentencesOf(stripVTControlCharacters(message))),
    ],
    milliseconds: result.duration,
  };
}

const statusOf = ({ status }: TestResult): CheckRecord['status'] => {
  if (status === 'interrupted') return 'not checked';
  return status === 'skipped' || status === 'passed' ? status : 'failed';
};

/** The lines of an error without its class. */
const sentencesOf = (message: string): string[] =>
  message
    .replace(/^(?:Error|Unreachable): /, '')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
