import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium } from '@playwright/test';
import { appNames } from '../../apps/environment/apps.ts';
import { browserOptions, chromiumArguments } from '../../fixtures/browser.ts';
import { didYouMean } from '../../fleet/did-you-mean.ts';
import { CannotRunHere, HarnessError } from '../../fleet/errors.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import { lastLines } from '../../fleet/engines/shared/tail.ts';
import { variablesOfRun, runDirectory, readRunState, type KubernetesPlace } from '../../fleet/run/state.ts';
import { chooseRun } from './choose-run.ts';
import { progress } from '../command/run-command.ts';

/** How long a browser must live to count as open, milliseconds. */
const settledMs = 1_500;

/** `fleet open`: a browser with its own profile that can reach the fleet's hosts; it closes with the run. */
export async function open(app: string, options: { run?: string }): Promise<void> {
  const host = appNames.find((known) => known === app);
  if (!host) throw new HarnessError(`There is no app "${app}" to open. ${didYouMean(app, appNames)}`);
  const fleet = await chooseRun(options.run);
  const log = join(runDirectory(fleet.runId), 'browser.log');
  const output = openSync(log, 'a', 0o600);
  const child = spawn(
    browserOptions({ whole: true }).executablePath ?? chromium.executablePath(),
    [
      `--proxy-server=${fleet.edge.proxyUrl}`,
      // It trusts this run's edge and nothing else: certificate errors of other hosts still count.
      ...chromiumArguments([fleet.edge.spki]),
      `--user-data-dir=${join(runDirectory(fleet.runId), 'browser')}`,
      '--no-first-run',
      '--no-default-browser-check',
      `${httpsOf(fleet.hosts[host])}/`,
    ],
    { detached: true, stdio: ['ignore', output, output], env: { ...process.env, ...variablesOfRun(fleet.runId) } },
  );
  closeSync(output);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  if (child.pid !== undefined) await fleet.adopt(child.pid).catch(() => {});
  // Without a display it exits at once; after this time it has its window.
  const outcome = await Promise.race([ended, delay(settledMs)]);
  if (typeof outcome === 'string') {
    throw new CannotRunHere(
      `Chromium ended at once (${outcome}). It needs a display (DISPLAY or WAYLAND_DISPLAY). It said:\n` +
        lastLines(log, 5).join('\n'),
    );
  }
  child.unref();
  process.stdout.write(`${httpsOf(fleet.hosts[host])}/ is open in a browser of its own; it closes with the run.\n`);
}

/** `fleet kubeconfig`: prints only the path to standard output, so that it can be used in a command. */
export async function kubeconfig(run: string | undefined): Promise<void> {
  const { runId, engine } = await chooseRun(run);
  const place = readRunState(runId)?.kubernetes;
  if (!place) {
    throw new HarnessError(
      `${runId} runs on the ${engine} engine, which has no kubeconfig. Start a fleet with one: npm run fleet -- up --engine k3s`,
    );
  }
  process.stdout.write(`${place.kubeconfig}\n`);
  progress(`Use it with: ${kubectl(place)} get pods`);
}

const kubectl = ({ kubeconfig: file, namespace }: KubernetesPlace): string =>
  `kubectl --kubeconfig ${file} --namespace ${namespace}`;
