import { join } from 'node:path';
import type { JSONReport } from '@playwright/test/reporter';
import { quoted } from '../../fleet/quoted.ts';
import { requirementsIn, specsIn, type ListedTest } from '../../e2e/report/outcome.ts';
import { requestVariable, type RunRequest } from '../../e2e/run-request.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { runProgram } from '../../fleet/programs.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { asGiven, nativeTypeScript } from './runner-arguments.ts';
import { interruption } from '../command/interruption.ts';

/** A test with its id in the test runner. */
export interface SelectedTest extends ListedTest {
  id: string;
}

/**
 * Every test of the suite, or those that options of the runner select, without running any.
 * @param request what the specs are told of the run.
 * @throws HarnessError when a spec does not load, or when the runner is killed; the reason of an interruption.
 */
export async function listedTests(
  filter: readonly string[] = [],
  request: Pick<RunRequest, 'matrix'> = {},
): Promise<SelectedTest[]> {
  const runner = join(repositoryRoot, 'node_modules/@playwright/test/cli.js');
  const list = [runner, 'test', '--list', '--reporter=json', ...filter];
  // The runner exits with 1 when a spec does not load; the report contains the reason.
  const { stdout, code, signal } = await runProgram(process.execPath, list, {
    cwd: repositoryRoot,
    env: { ...process.env, ...nativeTypeScript, ...requestVariable(request) },
    abort: interruption,
  });
  // The list of a runner that was ended is not whole.
  interruption.throwIfAborted();
  const hasEnded = signal === null && (code === 0 || code === 1);
  if (!hasEnded || !stdout.startsWith('{')) {
    const how = signal ?? `exit code ${code}`;
    throw new HarnessError(
      `The tests cannot be listed: the test runner ended (${how}). See: npx playwright test --list`,
    );
  }
  const report = JSON.parse(stdout) as JSONReport;
  // A filter that selects nothing is no fault.
  const fault = report.errors.find(({ message = '' }) => !message.includes('No tests found'));
  if (fault) {
    const at = fault.location ? `${fault.location.file}:${fault.location.line}: ` : '';
    throw new HarnessError(`The specs do not load: ${at}${fault.message} See: npx playwright test --list`);
  }
  return specsIn(report).map(({ path, spec: { id, file, line, title, tags, tests } }) => ({
    id,
    spec: file,
    line,
    title: [...path, title].join(': '),
    tags,
    requirements: requirementsIn(tests.flatMap(({ annotations }) => annotations)),
  }));
}

/** The tests that options of the runner select. @throws HarnessError when it is none, or when a spec does not load. */
export async function selectedTests(
  filter: readonly string[],
  request?: Pick<RunRequest, 'matrix'>,
): Promise<SelectedTest[]> {
  const tests = await listedTests(filter, request);
  if (tests.length > 0) return tests;
  if (request?.matrix)
    throw new HarnessError(
      `No fault at a moment matches --matrix ${quoted(request.matrix)}. docs/faults.md has their names, such as 'Redis hangs: in a call'.`,
    );
  const given = asGiven(filter);
  throw new HarnessError(`No test of e2e/ matches: ${given.map(quoted).join(' ')}. See: npm run e2e -- --list`);
}
