import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { abortError, throwIfAborted } from '../../abort.ts';
import type { BuildOptions } from '../../build/builds.ts';
import type { Parts } from '../../build/content.ts';
import { HarnessError } from '../../errors.ts';
import { variablesHere } from '../../programs.ts';
import { stateDirectory } from '../../root.ts';
import { runAuthority } from '../../run/authority.ts';
import { recordChanges, recordManifests, recordOrigin } from '../../run/records.ts';
import { isRunAlive, reapAbandoned } from '../../run/runs.ts';
import {
  beginRun,
  variablesOfRun,
  noSuchRun,
  notUpYet,
  readRunState,
  runDirectory,
  runIds,
  stateOf,
} from '../../run/state.ts';
import type { FleetDescription } from '../shared/description.ts';
import type { EngineCalls, FleetOptions } from '../shared/engine.ts';
import { harnessSecrets } from '../shared/harness-secrets.ts';
import { releaseHelper, startHelper } from '../shared/helper-process.ts';
import { contentNow, inputsOf, type InputOptions } from '../shared/inputs.ts';
import { startOptions, phases } from '../shared/start.ts';
import { errorFrom, planFile, type StartMessage, type SupervisorPlan } from './control.ts';
import { LocalFleet } from './local-fleet.ts';
import { checkModelled } from './model.ts';
import { reapRun } from './reap.ts';
import { lastLines } from './tail.ts';

const defaultEndpointLag = 1_000;
// Loaded on demand: a fleet whose apps are built elsewhere, and that is used once, needs neither.
const buildsOf = async (apps: readonly string[], options: BuildOptions): Promise<Record<string, string>> =>
  apps.length === 0 ? {} : (await import('../../build/builds.ts')).buildApps(apps, options);
const contentOf = async (parts: Parts) => (await import('../../build/content.ts')).contentOf(parts);
/** Below the root of the repository. */
const helper = 'fleet/engines/local/supervisor.ts';
const supervisorScript = fileURLToPath(new URL('./supervisor.ts', import.meta.url));
const logLinesInErrors = 50;

/** What the engine does; engines.ts says what it can. */
export function createLocalEngine(description: FleetDescription): EngineCalls {
  return {
    up: (options = {}) => up(description, options),
    content: async (options = {}) => contentNow(await localInputs(description, options), helper),
    attach: async (runId) => attach(runId),
    reap: async (runId) => {
      if (!runIds().includes(runId)) throw noSuchRun('local', runId);
      const state = readRunState(runId);
      if (state && state.engine !== 'local') {
        throw new HarnessError(
          `${runId} is a run of the ${state.engine} engine, which alone can end it. Name that engine.`,
        );
      }
      // Only a running supervisor knows all processes of the run, so it ends the run. A supervisor that does
      // not respond is killed.
      if (state && isRunAlive(state) && state.control) await new LocalFleet(state).down().catch(() => {});
      reapRun(runId);
    },
  };
}

async function up(description: FleetDescription, options: FleetOptions): Promise<LocalFleet> {
  const { runId, hosts, changes, detached, onProgress, signal } = startOptions(description.hosts, options);
  const { endpointLag = defaultEndpointLag, shareWith, isUsedOnce = false } = options;
  const phase = phases(onProgress);
  await reapAbandoned('local', reapRun, onProgress);
  beginRun('local', { runId, hosts, detached });
  const trustReady = runAuthority(runId, shareWith);
  // It is awaited below; a failure before that must not count as unhandled.
  trustReady.catch(() => {});
  try {
    recordChanges(runId, changes);

    const inputs = await localInputs(description, options);
    const { objects, sources } = inputs;
    recordManifests(runId, objects);
    // Before the builds, which take longer than a refusal should.
    checkModelled(objects);
    phase('manifests read');

    const builds = await buildsOf(inputs.apps, { ...sources, onProgress, signal });
    const content = isUsedOnce ? undefined : contentOf({ ...inputs, builds, helper });
    content?.catch(() => {});
    phase('apps built');

    const { authority, caFile } = await trustReady;
    const controlToken = randomBytes(32).toString('base64url');
    phase('authority made');

    const plan: SupervisorPlan = {
      objects: [...objects, ...harnessSecrets(authority, controlToken)],
      imagesModule: description.imagesModule,
      builds,
      sources,
      endpointLag,
      detached,
      edge: { caFile, controlToken, spki: authority.spki },
    };
    writeFileSync(join(runDirectory(runId), planFile), JSON.stringify(plan), { mode: 0o600 });
    await supervise(runId, onProgress, signal);
    if (content) recordOrigin(runId, { content: await content });
    phase('fleet up');
    return attach(runId);
  } catch (error) {
    // It writes into the folder of the run.
    await trustReady.catch(() => {});
    reapRun(runId);
    throw error;
  }
}

async function localInputs(description: FleetDescription, options: InputOptions) {
  const inputs = inputsOf(await description.objects(), description, options);
  for (const { image } of inputs.images) image.prerequisites?.();
  return inputs;
}

async function supervise(
  runId: string,
  onProgress: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  throwIfAborted(signal);
  const logFile = join(runDirectory(runId), 'supervisor.log');
  const child = startHelper(supervisorScript, runId, logFile, {
    cwd: dirname(supervisorScript),
    ipc: true,
    env: supervisorEnvironment(runId),
  });
  try {
    await new Promise<void>((done, failed) => {
      const abort = (): void => failed(abortError());
      signal?.addEventListener('abort', abort, { once: true });
      child.on('message', (message: StartMessage) => {
        if (message.type === 'progress') onProgress(message.line);
        else if (message.type === 'up') done();
        else failed(errorFrom(message.error));
      });
      child.once('error', failed);
      child.once('exit', (code, ended) => {
        failed(
          new HarnessError(
            `The supervisor of ${runId} ended (${ended ?? `exit code ${code}`}) before the fleet was up. Its last lines:\n` +
              lastLines(logFile, logLinesInErrors).join('\n'),
          ),
        );
      });
    });
  } finally {
    releaseHelper(child);
  }
}

/** The environment without the caller's proxies, loaders and app settings. The edge trusts what the caller trusts. */
function supervisorEnvironment(runId: string): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: authorities } = process.env;
  return {
    ...variablesHere('PATH', 'HOME', 'TMPDIR', 'LANG', 'NODE_COMPILE_CACHE', 'REDIS_SERVER_PATH'),
    ...(authorities && { NODE_EXTRA_CA_CERTS: resolve(authorities) }),
    FLEET_STATE_DIR: resolve(stateDirectory()),
    ...variablesOfRun(runId),
  };
}

function attach(runId: string): LocalFleet {
  const state = stateOf('local', runId);
  if (!isRunAlive(state)) {
    throw new HarnessError(
      `The run ${runId} has lost its supervisor. Clear it away with: npm run fleet -- down ${runId}`,
    );
  }
  if (!state.control) throw notUpYet(runId);
  return new LocalFleet(state);
}
