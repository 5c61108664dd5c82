import { firstApp } from '../../apps/environment/apps.ts';
import { throwIfAborted } from '../../fleet/abort.ts';
import { engineOf } from '../../fleet/product/fleet.ts';
import { checkRunId } from '../../fleet/run/state.ts';
import { interruption } from '../command/interruption.ts';
import { inColumns } from '../command/output.ts';
import { withRegression } from '../command/regression-option.ts';
import { progress } from '../command/run-command.ts';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import { createPeople } from '../../fixtures/demo-people.ts';
import { printStatus } from './status.ts';

/** `fleet up`: a fleet that outlives this command. Ctrl-C during the start cleans up everything. */
export async function up(options: {
  engine: string;
  authentik?: { profile: string };
  regression?: string;
  name?: string;
}): Promise<void> {
  // Checked before the first request to Docker or a cluster.
  if (options.name !== undefined) checkRunId(options.name);
  const engine = engineOf(options.engine);
  const regression = await withRegression(engine, options.regression, regressions(), 'npm run fleet -- up');
  const fleet = await engine.up({
    ...regression,
    detached: true,
    signal: interruption,
    onProgress: progress,
    ...(options.name === undefined ? {} : { runId: options.name }),
    ...(options.authentik && { authentik: options.authentik }),
  });
  try {
    await createPeople(fleet);
    throwIfAborted(interruption);
  } catch (error) {
    await fleet.down();
    throw error;
  }
  await printStatus(fleet);
  process.stdout.write(`\nNext:\n${nextCommands(fleet.runId).join('\n')}\n`);
}

const nextCommands = (runId: string): string[] =>
  inColumns([
    [`  npm run fleet -- open ${firstApp} --run ${runId}`, '# a browser that reaches it'],
    [`  npm run e2e -- --run ${runId}`, '# the suite on it'],
    [`  npm run smoke -- --run ${runId}`, '# the checks of a deployed fleet'],
    [`  npm run fleet -- down ${runId}`, '# ends it'],
  ]);
