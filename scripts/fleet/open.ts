import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { CannotRunHere, HarnessError } from '../../fleet/errors.ts';
import { origin } from '../../fleet/hosts.ts';
import { findOnPath } from '../../fleet/images.ts';
import { runDirectory } from '../../fleet/runs.ts';
import { chooseRun } from './choose-run.ts';

const apps = ['operator', 'portal'] as const;
const browsers = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** `fleet open`: a browser with a profile of its own that sees the fleet's hosts; it closes with the run. */
export async function open(app: string, options: { run?: string }): Promise<void> {
  const host = apps.find((known) => known === app);
  if (!host) throw new HarnessError(`There is no app "${app}" to open. Use ${apps.join(' or ')}.`);
  const fleet = await chooseRun(options.run);
  const child = spawn(
    chromium(),
    [
      `--proxy-server=${fleet.edge.proxyUrl}`,
      // Trusts this run's edge and nothing else: certificate errors of others still count.
      `--ignore-certificate-errors-spki-list=${fleet.edge.spki}`,
      `--user-data-dir=${join(runDirectory(fleet.runId), 'browser')}`,
      '--no-first-run',
      '--no-default-browser-check',
      '--disable-quic',
      '--disable-background-networking',
      // Chromium refuses to start its sandbox as root.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      `${origin(fleet.hosts[host])}/`,
    ],
    { detached: true, stdio: 'ignore' },
  );
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  if (child.pid !== undefined) await fleet.adopt(child.pid);
  child.unref();
  process.stdout.write(`${origin(fleet.hosts[host])}/ is open in a browser of its own; it closes with the run.\n`);
}

function chromium(): string {
  const found = process.env['CHROMIUM_PATH'] ?? browsers.map(findOnPath).find((path) => path !== undefined);
  if (found !== undefined) return found;
  throw new CannotRunHere('No Chromium is on PATH. Install one, or set CHROMIUM_PATH to a Chromium or Chrome.');
}
