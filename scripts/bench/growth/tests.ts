import { join } from 'node:path';
import { HarnessError } from '../../../fleet/errors.ts';
import { checkReports } from '../../runner/reports.ts';
import { progress } from '../../command/run-command.ts';
import { runSpecs } from '../../runner/runner.ts';
import { benchFleet } from '../bench-fleet.ts';
import type { Series } from './series.ts';

const repetitions = [1, 2, 4];
const spec = 'session/store.spec.ts';
const reports = join('reports', 'bench-growth');

/** A spec that runs more and more often on one fleet. */
export async function tests(): Promise<Series[]> {
  checkReports();
  await using fleet = await benchFleet();
  const seconds: Series = { cost: `s of e2e/${spec}, with the start of the runner`, size: 'tests', points: [] };
  for (const repeat of repetitions) {
    progress(`e2e/${spec}, each test ${repeat} times …`);
    const begin = performance.now();
    const { passed, failed } = await runSpecs([fleet], {
      args: [spec, `--repeat-each=${repeat}`],
      reports,
      quiet: true,
    });
    if (failed > 0 || passed === 0) {
      throw new HarnessError(`${failed} tests failed, so their time says nothing. Run: npm run e2e -- ${spec}`);
    }
    seconds.points.push({ size: passed, cost: (performance.now() - begin) / 1000 });
  }
  return [seconds];
}
