import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../../fleet/engines/shared/engine.ts';
import { HarnessError, ProductFailed } from '../../fleet/errors.ts';
import type { Change } from '../../fleet/manifests/change.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { interruption } from '../interruption.ts';
import { specsOn } from '../prove/prove-regression.ts';
import type { Outcome } from './verdict.ts';

interface Trial {
  engine: Engine;
  change: Change;
  /** Places of tests, in the order of {@link attempts}. */
  attempts: readonly string[][];
  /** Folder for reports. */
  reports: string;
  testsAtOnce: number;
}

/** Runs tests on a fleet with a change until one fails. An app that does not start is a failure as well. */
export async function tryOnFleet({ engine, change, attempts, reports, testsAtOnce }: Trial): Promise<Outcome> {
  try {
    await using fleet = await engine.up({ changes: [change], signal: interruption });
    for (const places of attempts) {
      const { tests } = await specsOn(fleet, reports, {
        args: [...places.map((place) => `e2e/${place}`), '--max-failures=1', '--trace=off'],
        testsAtOnce,
      });
      const failed = tests.find(({ status }) => status === 'failed');
      if (!failed) continue;
      const isTimeout = /^(?:Error: )?Test timeout of /.test(failed.message);
      const message = failed.message.split('\n').filter(Boolean).slice(0, 4).join(' · ').slice(0, 300);
      return { result: isTimeout ? 'timeout' : 'killed', killer: `${failed.spec}:${failed.line}`, message };
    }
    return { result: 'survived', tests: attempts.flat().length };
  } catch (error) {
    interruption.throwIfAborted();
    if (error instanceof ProductFailed)
      return { result: 'killed', killer: 'the start of the fleet', message: headline(error) };
    if (error instanceof HarnessError) return { result: 'not run', message: headline(error) };
    throw error;
  } finally {
    rmSync(join(repositoryRoot, reports), { recursive: true, force: true });
  }
}

const headline = ({ message }: Error): string => message.split('\n').slice(0, 2).join(' ').slice(0, 300);
