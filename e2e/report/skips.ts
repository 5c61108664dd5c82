import type { Engine } from '../../fleet/engines/shared/engine.ts';
import { missingIn } from '../engine-in-use.ts';
import type { TestOutcome } from './outcome.ts';

/** Finds tests that are skipped or run contrary to the capabilities of the engine. @returns sentences. */
export function findUnexpectedSkips(
  tests: readonly TestOutcome[],
  engine: Pick<Engine, 'name' | 'capabilities'>,
): string[] {
  return tests.flatMap(({ spec, title, status, needs = [] }) => {
    const missing = missingIn(engine, needs);
    if (status === 'skipped' && missing.length === 0) {
      return [
        `e2e/${spec}: "${title}" was skipped although the ${engine.name} engine has all that it needs. ` +
          'Let it run, or name in its `needs` what it needs of the engine.',
      ];
    }
    if (status !== 'skipped' && missing.length > 0) {
      return [
        `e2e/${spec}: "${title}" ran although the ${engine.name} engine cannot: ${missing.join(', ')}. ` +
          'Correct its `needs`, or fleet/engines/shared/capabilities.ts.',
      ];
    }
    return [];
  });
}
