import { setTimeout as delay } from 'node:timers/promises';
import { relative } from 'node:path';
import { createVitest, type TestModule, type TestSpecification, type Vitest } from 'vitest/node';
import { instrument, isMutated, type Mutant } from '../../fleet/build/mutants.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { progress } from '../command/run-command.ts';
import type { Outcome } from './verdict.ts';

/** Milliseconds for the tests of one mutant. A loop without end would take forever. */
const timeoutMs = 60_000;
/** How many times as often as without a mutant a piece of code may run before it counts as a loop without end. */
const loopFactor = 100;

/** The unit tests of the apps, on sources that have all mutants. */
export interface UnitTests extends AsyncDisposable {
  /** Runs the tests that reach a mutant, until one fails. Undefined: none reaches it. */
  test(mutant: Mutant): Promise<Outcome | undefined>;
}

/**
 * Runs the unit tests of the apps once, to learn which of them reach which mutants. StrykerJS's own runner for vitest
 * does not run any test with vitest 5 (docs/decisions/0024-mutation-testing.md).
 * A file that fails without a mutant is left out.
 * @throws HarnessError when all of them fail.
 */
export async function openUnitTests(): Promise<UnitTests> {
  let vitest = await startVitest({ bail: 0 });
  let all = await vitest.globTestSpecifications();
  const clean = await run(vitest, all, '', 0);
  const green = clean.filter((module) => module.state() !== 'failed');
  for (const red of clean.filter((module) => !green.includes(module)))
    progress(`  ${pathOf(red)} fails without a mutant, and says nothing about one`);
  if (green.length === 0) {
    await vitest.close();
    throw new HarnessError("No unit test passes without a mutant. See: npm run check -- --only 'unit tests'");
  }
  const reached = new Map(green.map((module) => [module.moduleId, module.meta().reached ?? {}]));
  const specificationsOf = ({ id }: Mutant) => all.filter(({ moduleId }) => reached.get(moduleId)?.[id] !== undefined);
  await vitest.close();
  // From here on the first failure is enough.
  const restart = async () => {
    vitest = await startVitest({ bail: 1 });
    all = await vitest.globTestSpecifications();
  };
  await restart();
  return {
    async test(mutant) {
      const specifications = specificationsOf(mutant);
      if (specifications.length === 0) return undefined;
      const hits = Math.max(...specifications.map(({ moduleId }) => reached.get(moduleId)?.[mutant.id] ?? 0));
      const late = new AbortController();
      const modules = await Promise.race([
        run(vitest, specifications, mutant.id, loopFactor * hits),
        delay(timeoutMs, undefined, { signal: late.signal }),
      ]);
      late.abort();
      if (modules) return outcomeOf(modules);
      // Its workers cannot be interrupted.
      void vitest.close();
      await restart();
      return {
        result: 'timeout',
        killer: pathOf(specifications[0]!),
        message: `no result after ${timeoutMs / 1000} s`,
      };
    },
    [Symbol.asyncDispose]: () => vitest.close(),
  };
}

const startVitest = ({ bail }: { bail: number }): Promise<Vitest> =>
  createVitest(
    'test',
    {
      root: repositoryRoot,
      config: `${repositoryRoot}/vitest.config.ts`,
      include: ['apps/**/*.test.ts'],
      setupFiles: [`${import.meta.dirname}/select-mutant.ts`],
      // A thread starts in half the time of a process.
      pool: 'threads',
      watch: false,
      bail,
      testTimeout: 10_000,
      reporters: [{}],
      silent: true,
      teardownTimeout: 1_000,
    },
    { plugins: [{ name: 'mutants', enforce: 'pre', transform: (code: string, id: string) => withMutants(code, id) }] },
  );

async function withMutants(code: string, id: string): Promise<string | undefined> {
  const file = relative(repositoryRoot, id.split('?')[0] ?? '');
  return isMutated(file) ? (await instrument(file, code)).content : undefined;
}

async function run(
  vitest: Vitest,
  specifications: TestSpecification[],
  mutant: string,
  hitLimit: number,
): Promise<TestModule[]> {
  vitest.provide('mutant', mutant);
  vitest.provide('hitLimit', hitLimit);
  // Otherwise the result has the files of earlier runs as well.
  vitest.state.filesMap.clear();
  const { testModules } = await vitest.runTestSpecifications(specifications);
  return testModules;
}

const pathOf = ({ moduleId }: { moduleId: string }): string => relative(repositoryRoot, moduleId);

/** Without a test that ran, nothing is known about the mutant. */
function outcomeOf(modules: readonly TestModule[]): Outcome {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const failed = tests.find((test) => test.result().state === 'failed');
  const broken = modules.find((module) => module.state() === 'failed');
  const error = failed?.result().errors?.[0] ?? broken?.errors()[0];
  if (failed || broken) {
    const message = error?.message ?? 'failed';
    const isLoop = /Hit count limit reached|timed out in/.test(message);
    return {
      result: isLoop ? 'timeout' : 'killed',
      killer: failed ? `${pathOf(failed.module)}: ${failed.fullName}` : pathOf(broken!),
      message,
    };
  }
  if (tests.some((test) => test.result().state === 'passed')) return { result: 'survived', tests: tests.length };
  return { result: 'not run', message: 'no unit test ran' };
}
