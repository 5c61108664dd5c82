import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import getPort from 'get-port';
import { checkedAppSchema, checkedAppVariable, environmentOf, type CheckedApp } from '../../e2e/any-app/checked-app.ts';
import { quoted } from '../../e2e/report/commands.ts';
import { claims } from '../../e2e/any-app/claims.ts';
import { didYouMean } from '../../fleet/did-you-mean.ts';
import { enginesFor } from '../../fleet/engines/engines.ts';
import { CannotRunHere, HarnessError } from '../../fleet/errors.ts';
import { installedBrowser } from '../../fixtures/browser.ts';
import { commandFleet } from '../../fleet/one-app/command-app.ts';
import { interruption } from '../command/interruption.ts';
import { progress } from '../command/run-command.ts';
import { checkReports } from '../runner/reports.ts';
import { exitCodeOfRun, runSpecs } from '../runner/runner.ts';
import { firstLook } from './first-look.ts';
import type { CheckOptions } from './options.ts';
import { presets } from './presets.ts';
import { whyNotStarted } from './why-not-started.ts';

/** Runs the app, and tries the claims on it. @returns the exit code. */
export async function check(options: CheckOptions): Promise<number> {
  const only = chosenClaims(options.only);
  checkReports(options.report);
  checkBrowser();
  const app = checkedAppSchema.parse({
    start: options.start,
    cwd: options.in,
    portVariable: options.portVariable,
    env: {
      ...presets[options.preset ?? 'plain'],
      ...(options.redis && { [options.redis]: '{redisUrl}' }),
      ...options.env,
    },
    sessionCookie: options.cookie,
    ready: options.ready,
    backChannel: options.backChannel,
    issuerPort: await getPort(),
    signIn: options.signIn,
    calls: options.protected,
    signOut: options.signOut,
  } satisfies Partial<CheckedApp>);

  await using undo = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'session-check-'));
  undo.defer(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'app.json');
  const write = () => writeFileSync(file, JSON.stringify(app));
  write();

  progress(
    `The app gets:\n${Object.entries(environmentOf(app))
      .map(([name, value]) => `  ${name}=${value}`)
      .join('\n')}`,
  );
  const engine = enginesFor(commandFleet(file)).engineOf('local');
  const start = engine.up({ onProgress: progress, signal: interruption, isUsedOnce: true });
  const fleet = undo.use(await start.catch((error: unknown) => Promise.reject(whyNotStarted(error, app))));
  app.callback = await firstLook(app, fleet);
  write();

  process.env[checkedAppVariable] = file;
  const record = await runSpecs([fleet], {
    args: [
      `--config=${fileURLToPath(import.meta.resolve('../../e2e/any-app/playwright.config.ts'))}`,
      ...(only ? [`--grep=^(.* )?(${only.join('|')})$`] : []),
    ],
    reports: options.report,
    headed: options.headed ?? false,
    since: performance.timeOrigin,
    again: ['session-check', ...withoutOnly(process.argv.slice(2))].map(quoted).join(' '),
  });
  return exitCodeOfRun(record);
}

/** The arguments without `--only` and its value. */
const withoutOnly = (args: readonly string[]): string[] =>
  args.filter((arg, index) => !arg.startsWith('--only') && args[index - 1] !== '--only');

function chosenClaims(only: string | undefined): string[] | undefined {
  const names = only?.split(',').map((name) => name.trim());
  const unknown = names?.find((name) => !(name in claims));
  if (unknown === undefined) return names;
  throw new HarnessError(`There is no claim "${unknown}". ${didYouMean(unknown, Object.keys(claims))}`);
}

function checkBrowser(): void {
  if (installedBrowser() !== undefined) return;
  throw new CannotRunHere(
    'There is no Chromium. Install one (npx playwright install chromium), or set CHROMIUM_PATH to its program.',
  );
}
