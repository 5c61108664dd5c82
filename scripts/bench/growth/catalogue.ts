import { setImmediate as nextTurn } from 'node:timers/promises';
import { regressions } from '../../../fixtures/regressions/catalogue.ts';
import { mismatches, repositoryState } from '../../../fixtures/regressions/mismatches.ts';
import { interruption } from '../../command/interruption.ts';
import { progress } from '../../command/run-command.ts';
import { threadCpuMs } from '../cpu-time.ts';
import type { Series } from './series.ts';

const multiples = [1, 2, 4];

/** The check of a catalogue with more and more regressions against the sources. */
export async function catalogue(): Promise<Series[]> {
  const [known, state] = await Promise.all([regressions(), repositoryState()]);
  const check: Series = { cost: 'CPU ms to check the catalogue', size: 'regressions', points: [] };
  // The first round is not counted: its code is not compiled yet.
  for (const multiple of [1, ...multiples]) {
    const list = Array.from({ length: multiple }, () => known).flat();
    progress(`${list.length} regressions against the sources …`);
    const begin = threadCpuMs();
    for (const regression of list) {
      mismatches(regression, state);
      // An interruption is noticed only between two turns of the event loop.
      await nextTurn();
      interruption.throwIfAborted();
    }
    check.points.push({ size: list.length, cost: threadCpuMs() - begin });
  }
  return [{ ...check, points: check.points.slice(1) }];
}
