import { setTimeout as delay } from 'node:timers/promises';
import { throwIfAborted } from '../../fleet/abort.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { processesWithEnvironment } from '../../fleet/run/process-identity.ts';
import { realRunDirectory } from '../../fleet/run/state.ts';
import { progress } from '../command/run-command.ts';

/** Variable of the test runner, its workers and their browsers: the folder of the run whose fleet they test. */
const testsVariable = 'FLEET_TESTS_IN';
/** There is no notification about the end of another's process, so it is polled at this interval, milliseconds. */
const pollIntervalMs = 250;

/** The variable by which the processes of tests on this fleet are found. */
export const variableOfTests = (runId: string) => ({ [testsVariable]: realRunDirectory(runId) });

/**
 * Waits for tests of a command that was killed: a worker ends only when its test has restored what it changed, such as a
 * stopped Redis.
 * @param timeoutMs milliseconds. @throws HarnessError when they still run after that; the reason of an interruption.
 */
export async function earlierTestsEnded(
  runId: string,
  { signal, timeoutMs = 120_000 }: { signal?: AbortSignal; timeoutMs?: number } = {},
): Promise<void> {
  const left = () => processesWithEnvironment(testsVariable, realRunDirectory(runId));
  if (left().length === 0) return;
  progress(`Tests of a command that was killed still run on ${runId}. Waiting for their end …`);
  for (const deadline = Date.now() + timeoutMs; left().length > 0;) {
    if (Date.now() > deadline) {
      const pids = left().map(({ pid }) => pid);
      throw new HarnessError(
        `Tests of a command that was killed still run on ${runId} (processes ${pids.join(', ')}). End the fleet, and run this again: npm run fleet -- down ${runId}`,
      );
    }
    await delay(pollIntervalMs);
    throwIfAborted(signal);
  }
}
