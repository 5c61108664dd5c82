import type { FullConfig } from '@playwright/test';
import { HarnessError, ReportedError } from '../../fleet/errors.ts';
import { interruption } from '../command/interruption.ts';
import { environmentFor } from '../runner/runner.ts';
import { measureSlowness } from '../runner/slowness.ts';
import type { SessionCheckOptions } from './index.ts';
import { readSettings } from './settings.ts';
import { startApp } from './start-app.ts';

/**
 * Global setup of a project's own Playwright: starts the app that `use.sessionCheck` or session-check.config.ts in the current folder describes.
 * @returns the teardown, which stops it.
 */
export default async function startForSpecs(config: FullConfig): Promise<() => PromiseLike<void>> {
  try {
    return await start(config);
  } catch (error) {
    if (!(error instanceof ReportedError) && !interruption.aborted) throw error;
    // Playwright prints the stack and the causes of an error, which say nothing to the app's owner.
    const { message } = error as Error;
    throw Object.assign(new Error(message), { stack: message });
  }
}

async function start({ workers, projects }: FullConfig) {
  if (workers > 1)
    throw new HarnessError(
      `${workers} workers would disturb each other, because they share one app. In playwright.config.ts: workers: 1`,
    );
  const [given = {}] = projects.flatMap(({ use }) => (use as Partial<SessionCheckOptions>).sessionCheck ?? []);
  const app = await startApp(await readSettings(process.cwd(), given));
  const slowness = { machine: measureSlowness(), crowding: 1, server: 1 };
  Object.assign(process.env, environmentFor([app.fleet], { slowness }));
  return () => app[Symbol.asyncDispose]();
}
