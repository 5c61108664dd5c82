import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import getPort from 'get-port';
import { checkedAppSchema, checkedAppVariable, webAppOf, type CheckedApp } from '../../e2e/any-app/checked-app.ts';
import { redact } from '../../e2e/report/redact.ts';
import { installedBrowser } from '../../fixtures/browser.ts';
import { didYouMean } from '../../fleet/did-you-mean.ts';
import { enginesFor } from '../../fleet/engines/engines.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { CannotRunHere, HarnessError } from '../../fleet/errors.ts';
import { commandFleet, environmentOf } from '../../fleet/one-app/command-app.ts';
import type { ManifestPatch } from '../../fleet/manifests/change.ts';
import { applyChanges } from '../../fleet/manifests/changes.ts';
import { ownManifests } from '../../fleet/one-app/own-manifests.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { temporaryFolder } from '../../fleet/run/temporary-folder.ts';
import { interruption } from '../command/interruption.ts';
import { progress } from '../command/run-command.ts';
import { firstLook } from './first-look.ts';
import { presets } from './presets.ts';
import type { Fault, Settings } from './settings.ts';
import { whyNotStarted } from './why-not-started.ts';

/** How long two releases serve in a rollout, so that sign-ins can begin at one and end at the other. */
const overlapSeconds = 3;

/** An app whose sign-in begins. */
interface StartedApp extends AsyncDisposable {
  fleet: Fleet;
  /** Of its owner's provider and users. */
  secrets: readonly string[];
}

/**
 * Starts the app with its fleet, and begins a sign-in. The specs of this process and its children are about it from then on.
 * @param fault one of the faults of the configuration.
 * @throws CannotRunHere in words of the app's owner.
 */
export async function startApp(settings: Settings, fault?: string): Promise<StartedApp> {
  const { env, patches } = faultOf(settings, fault);
  findBrowser();
  const place =
    settings.manifests === undefined
      ? { issuerPort: await getPort() }
      : { manifests: await manifestsOf(settings, patches) };
  const app = checkedAppSchema.parse({ ...appOf(settings, env), ...place });
  // Before anything starts.
  await webAppOf(app);

  await using undo = new AsyncDisposableStack();
  const file = join(undo.use(temporaryFolder('session-check')).path, 'app.json');
  const write = () => writeFileSync(file, JSON.stringify(app));
  write();

  const { provider } = app;
  const own = provider ? [provider.clientSecret, ...provider.users.map(({ password }) => password)] : [];
  const secrets = own.filter((secret) => secret !== '');
  progress(
    `The app gets:\n${Object.entries(environmentOf(app))
      .map(([name, value]) => `  ${name}=${redact(value, secrets)}`)
      .join('\n')}`,
  );
  const engine = enginesFor(commandFleet(file)).engineOf(settings.engine);
  const start = engine.up({ onProgress: progress, signal: interruption, isUsedOnce: true });
  const fleet = undo.use(
    await start.catch((error: unknown) => Promise.reject(notInstalled(error) ?? whyNotStarted(error, app, secrets))),
  );
  app.callback = await firstLook(app, fleet, secrets);
  write();
  process.env[checkedAppVariable] = file;
  const all = undo.move();
  return { fleet, secrets, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

async function manifestsOf({ manifests = '', deployment, image, redis }: Settings, patches: Fault['patches']) {
  // Loaded on first use: a check of processes reads no YAML.
  const { readManifests } = await import('../../fleet/one-app/read-manifests.ts');
  const given = applyChanges(await readManifests(manifests), [{ manifests: patches as ManifestPatch[] }]);
  const own = ownManifests(given, { deployment, image, redis: redis !== undefined });
  progress(`The app is Deployment ${own.name}, on two pods`);
  if (own.leftOut.length > 0) progress(`Not applied: ${own.leftOut.join(', ')}`);
  return own;
}

/** The packages of the engine k3s are optional. */
function notInstalled(error: unknown): CannotRunHere | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  const [, name] = /Cannot find package '([^']+)'/.exec(message) ?? [];
  if (code !== 'ERR_MODULE_NOT_FOUND' || name === undefined) return undefined;
  const { peerDependencies = {} } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as {
    peerDependencies?: Record<string, string>;
  };
  return new CannotRunHere(
    `The engine k3s needs ${name}, which is not installed: npm install --save-dev ${Object.keys(peerDependencies).join(' ')}`,
    { cause: error },
  );
}

function appOf(
  settings: Settings,
  replaced: Readonly<Record<string, string>>,
): Omit<CheckedApp, 'issuerPort' | 'manifests' | 'callback'> {
  const { start = '', portVariable, preset, redis, env, cookie, ready, backChannel, signIn, signOut, specs } = settings;
  const { plainHttp, provider, nextEnv } = settings;
  const folder = settings.in ?? '.';
  const [, method = 'GET', path = ''] = /^(?:(GET|POST) )?(.+)$/.exec(signOut ?? '') ?? [];
  return {
    start,
    cwd: folder,
    portVariable,
    env: { ...presets[preset], ...(redis && { [redis]: '{redisUrl}' }), ...env, ...replaced },
    sessionCookie: cookie,
    ready,
    readyAfter: nextEnv && overlapSeconds,
    backChannel,
    plainHttp,
    provider,
    signIn,
    calls: settings.protected,
    signOut: signOut === undefined ? undefined : { method: method as 'GET' | 'POST', path },
    nextEnv,
    specs,
  };
}

function faultOf({ faults }: Settings, name: string | undefined): Fault {
  if (name === undefined) return { env: {}, patches: [] };
  const found = faults[name];
  if (found) return found;
  throw new HarnessError(`There is no fault "${name}" in the configuration. ${didYouMean(name, Object.keys(faults))}`);
}

/** Chromium of Playwright, or of this machine. */
function findBrowser(): void {
  const { CHROMIUM_PATH: named } = process.env;
  if (named && !existsSync(named))
    throw new CannotRunHere(`CHROMIUM_PATH is ${named}, and there is no such file. Correct it, or unset it.`);
  const path = installedBrowser();
  if (path !== undefined) {
    process.env.CHROMIUM_PATH = path;
    return;
  }
  throw new CannotRunHere(
    'There is no Chromium. Install one (npx playwright install chromium), or set CHROMIUM_PATH to its program.',
  );
}
