import { stripVTControlCharacters, styleText } from 'node:util';
import type { FullConfig, Reporter, Suite, TestCase, TestError, TestResult } from '@playwright/test/reporter';
import { duration } from '../../fleet/duration.ts';
import { headline } from './headline.ts';
import { specOf, titleOf } from './outcome.ts';

/** What a person sees while the tests run: each failure when it happens, and each file when all of it has passed. */
export default class TerminalReporter implements Reporter {
  readonly #files = new Map<string, TestCase[]>();
  /** A test that runs has a result already. */
  readonly #ended = new Set<TestCase>();

  onBegin({ workers }: FullConfig, suite: Suite): void {
    const tests = suite.allTests();
    for (const [file, its] of Map.groupBy(tests, specOf)) this.#files.set(file, its);
    console.log(`${tests.length} tests in ${this.#files.size} files, ${workers} at once\n`);
  }

  onStdOut(chunk: string | Buffer): void {
    process.stdout.write(chunk);
  }

  onStdErr(chunk: string | Buffer): void {
    process.stderr.write(chunk);
  }

  onError({ message = 'unknown error' }: TestError): void {
    console.log(styleText('red', `✘ ${stripVTControlCharacters(message)}`));
  }

  onTestEnd(test: TestCase, { status, duration: ms, errors: [error] }: TestResult): void {
    const file = specOf(test);
    if (status !== 'interrupted') this.#ended.add(test);
    if (!test.ok() && status !== 'interrupted') {
      const saw = error ? `: ${headline(stripVTControlCharacters(error.message ?? ''))}` : '';
      print('red', `✘ ${file}:${test.location.line} ${titleOf(test)} (${duration(ms)})${saw}`);
    }
    const tests = this.#files.get(file) ?? [];
    if (!tests.every((each) => this.#ended.has(each) && each.ok())) return;
    const ran = tests.filter((each) => each.outcome() !== 'skipped');
    if (ran.length === 0) return;
    const took = ran.flatMap(({ results }) => results).reduce((sum, { duration: each }) => sum + each, 0);
    const left = ran.length < tests.length ? `, ${tests.length - ran.length} not run` : '';
    print('green', `✓ ${file} ${ran.length} passed${left} (${duration(took)})`);
  }
}

/** A line that is cut to the width of the terminal. */
function print(colour: 'red' | 'green', text: string): void {
  const line = text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
  const { columns = Number.POSITIVE_INFINITY } = process.stdout;
  console.log(styleText(colour, line.length > columns ? `${line.slice(0, columns - 1)}…` : line));
}
