import { fileURLToPath } from 'node:url';
import { claims } from '../../e2e/any-app/claims.ts';
import { quoted } from '../../fleet/quoted.ts';
import { shortestSecret } from '../../e2e/report/known-secrets.ts';
import type { RunRecord } from '../../e2e/report/verdict.ts';
import { didYouMean } from '../../fleet/did-you-mean.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { checkReports } from '../runner/reports.ts';
import { runSpecs } from '../runner/runner.ts';
import type { RunOptions } from './options.ts';
import type { Settings } from './settings.ts';
import { startApp } from './start-app.ts';

/** Runs the app, and tries the claims on it. */
export async function check(
  settings: Settings,
  { only, fault, headed = false, report }: RunOptions,
): Promise<RunRecord> {
  const names = chosenClaims(only);
  checkReports(report);
  await using app = await startApp(settings, fault);
  return await runSpecs([app.fleet], {
    args: [
      `--config=${fileURLToPath(import.meta.resolve('../../e2e/any-app/playwright.config.ts'))}`,
      ...(names ? [`--grep=(^| )(${names.join('|')})$`] : []),
    ],
    reports: report,
    headed,
    again: again(fault),
    secrets: app.secrets.filter(({ length }) => length >= shortestSecret),
  });
}

/** The command of this check, without its choice of claims. */
function again(fault: string | undefined): string {
  const ofRun = ['--only', '--fault'];
  const args = process.argv
    .slice(2)
    .filter((arg, index, all) => ![...ofRun, 'prove'].includes(arg) && !ofRun.includes(all[index - 1] ?? ''));
  return ['session-check', ...args, ...(fault === undefined ? [] : ['--fault', fault])].map(quoted).join(' ');
}

function chosenClaims(only: string | undefined): string[] | undefined {
  const names = only?.split(',').map((name) => name.trim());
  const unknown = names?.find((name) => !(name in claims));
  if (unknown === undefined) return names;
  throw new HarnessError(`There is no claim "${unknown}". ${didYouMean(unknown, Object.keys(claims))}`);
}
