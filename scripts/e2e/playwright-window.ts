import { existsSync } from 'node:fs';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { CannotRunHere, exitCodes } from '../../fleet/errors.ts';
import { progress } from '../command/run-command.ts';
import { reportsOf } from '../runner/reports.ts';
import { runPlaywright } from '../runner/runner.ts';

export type PlaywrightWindow = 'ui' | 'debug';

const hasDisplay = (): boolean =>
  process.platform === 'darwin' ||
  process.platform === 'win32' ||
  Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);

/** @throws CannotRunHere when the inspector has no display to open on. UI mode can be used by its address. */
export function checkWindow(window: PlaywrightWindow): void {
  if (window === 'ui' || hasDisplay()) return;
  throw new CannotRunHere(
    '--debug opens the inspector in a window, and there is no display (DISPLAY or WAYLAND_DISPLAY). ' +
      'Without one: npm run e2e -- --ui, which can be opened by its address.',
  );
}

/** Loads Playwright on first use, because it is large and every other run needs it only in the test runner. */
async function hasPlaywrightsBrowser(): Promise<boolean> {
  const { chromium } = await import('@playwright/test');
  return existsSync(chromium.executablePath());
}

/** Opens Playwright's UI mode or inspector on a fleet, until it is closed. */
export async function openWindow(window: PlaywrightWindow, fleet: Fleet, args: readonly string[]): Promise<number> {
  // Playwright opens UI mode in the browser that it has installed itself. Otherwise it is served to any browser.
  const isServed = window === 'ui' && !(hasDisplay() && (await hasPlaywrightsBrowser()));
  if (isServed) progress('UI mode is at the address below, for a browser of this machine. Ctrl-C ends it.');
  await runPlaywright([fleet], {
    args: [...args, `--${window}`, ...(isServed ? ['--ui-host=127.0.0.1', '--ui-port=0'] : [])],
    output: 'inherit',
    request: { headed: true, reports: reportsOf(fleet.runId) },
  });
  // What is looked at in a window has no verdict.
  return exitCodes.passed;
}
