import { CannotRunHere, exitCodes, HarnessError } from '../../fleet/errors.ts';
import { wasTried } from '../../e2e/any-app/claims.ts';
import { exitCodeOfRun } from '../runner/runner.ts';
import { check } from './check.ts';
import type { RunOptions } from './options.ts';
import type { Settings } from './settings.ts';

/** Tries the claims without a fault, and with each. @returns the exit code: 0 when each fault breaks its claims. */
export async function prove(settings: Settings, options: RunOptions): Promise<number> {
  const faults = Object.entries(settings.faults);
  if (faults.length === 0)
    throw new HarnessError('The configuration has no faults. Add one: faults: { name: { env: {}, breaks: [] } }');
  console.log('Without a fault:');
  const clean = exitCodeOfRun(await check(settings, options));
  if (clean !== exitCodes.passed) return clean;
  const missed: string[] = [];
  for (const [name, { breaks }] of faults) {
    console.log(`\nWith ${name}, which breaks ${breaks.join(', ')}:`);
    const record = await check(settings, { ...options, only: breaks.join(), fault: name }).catch(notTried);
    if (record instanceof CannotRunHere) {
      console.log(record.message);
      missed.push(`${name}: the app does not start with it, or no sign-in begins, so that it breaks no claim`);
      continue;
    }
    const broken = record.tests.filter(({ status, message }) => status === 'failed' && wasTried(message));
    const held = breaks.filter((claim) => !broken.some(({ title }) => title === claim));
    if (held.length > 0) missed.push(`${name} does not break ${held.join(', ')}`);
  }
  console.log(missed.length > 0 ? `\n${missed.join('\n')}` : `\nAll ${faults.length} faults break what they should.`);
  return missed.length > 0 ? exitCodes.productFailed : exitCodes.passed;
}

/** The other faults can still be tried when the app cannot be with this one. */
function notTried(error: unknown): CannotRunHere {
  if (error instanceof CannotRunHere) return error;
  throw error;
}
