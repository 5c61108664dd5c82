import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters, styleText } from 'node:util';
import type { FullResult, Reporter, Suite, TestCase, TestResult } from '@playwright/test/reporter';
import { redact } from '../report/redact.ts';
import { verdictOn } from '../report/verdict.ts';
import { secretsIn, variables, type SmokeTarget } from './target.ts';

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

/** Prints the observation of each check, and writes `smoke.json` and the verdict that becomes the exit code. */
export default class SmokeReporter implements Reporter {
  readonly #folder: string;
  readonly #secrets = secretsIn(process.env);
  readonly #errors: string[] = [];
  readonly #checks: CheckRecord[] = [];
  readonly #ended = new Set<TestCase>();
  readonly #reported = new Set<string>();
  #suite: Suite | undefined;

  constructor({ folder }: { folder: string }) {
    this.#folder = folder;
  }

  onBegin(_config: unknown, suite: Suite): void {
    this.#suite = suite;
  }

  onError({ message = 'unknown error' }: { message?: string }): void {
    this.#errors.push(message);
    console.log(this.#clean(message));
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    const check = this.#recordOf(test, result);
    this.#checks.push(check);
    if (check.status !== 'not checked') this.#ended.add(test);
    const seen = check.saw ? styleText('dim', `  ${check.saw}`) : '';
    console.log(`${marks[check.status]} ${check.of.padEnd(8)} ${check.check}${seen}`);
    for (const sentence of check.says) {
      // A host that is down fails each of its checks. The full message is printed only once.
      const shown = this.#reported.has(sentence) ? 'as above' : sentence;
      this.#reported.add(sentence);
      console.log(`    ${shown}`);
    }
  }

  onEnd({ status }: Pick<FullResult, 'status'>): void {
    if (status === 'timedout') this.#reportUnchecked();
    const { verdict } = verdictOn(this.#suite?.allTests() ?? [], this.#errors);
    mkdirSync(this.#folder, { recursive: true });
    const write = (name: string, value: unknown) =>
      writeFileSync(join(this.#folder, name), `${JSON.stringify(value, null, 2)}\n`);
    write('verdict.json', verdict);
    const { urls, sha } = JSON.parse(process.env[variables.target] ?? '{}') as Partial<SmokeTarget>;
    write('smoke.json', { urls, sha, verdict, checks: this.#checks });
    console.log(`\n${verdict.passed} passed, ${verdict.failed} failed, ${verdict.skipped} skipped`);
  }

  printsToStdio(): boolean {
    return true;
  }

  /** An unfinished check is not a verdict, and neither is one that did not start. */
  #reportUnchecked(): void {
    const { budget = 0 } = JSON.parse(process.env[variables.target] ?? '{}') as Partial<SmokeTarget>;
    const unchecked = (this.#suite?.allTests() ?? []).filter((test) => !this.#ended.has(test));
    const names = unchecked.map((test) => `${test.parent.title}: ${test.title}`);
    this.onError({
      message:
        `The budget of ${budget / 1_000} s was used up before ${names.length} checks had ended:\n` +
        names.map((name) => `  ${name}\n`).join('') +
        'Look at what answers slowly above, or give them more time with --budget <seconds>.',
    });
  }

  #recordOf(test: TestCase, result: TestResult): CheckRecord {
    const annotated = (type: string) =>
      test.annotations.concat(result.annotations).find((one) => one.type === type)?.description;
    const status = statusOf(result);
    const skipped = status === 'skipped' ? [annotated('skip') ?? 'not run'] : [];
    return {
      of: test.parent.title,
      check: test.title,
      status,
      saw: this.#clean(annotated('saw') ?? ''),
      says: [...skipped, ...result.errors.flatMap(({ message = '' }) => sentencesOf(this.#clean(message)))],
      milliseconds: result.duration,
    };
  }

  #clean(text: string): string {
    return redact(stripVTControlCharacters(text), this.#secrets);
  }
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
