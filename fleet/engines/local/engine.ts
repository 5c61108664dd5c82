import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HarnessError } from '../../errors.ts';
import { variablesHere } from '../../programs.ts';
import { stateDirectory } from '../../root.ts';
import { runAuthority } from '../../run/authority.ts';
import { recordChanges, recordManifests, recordOrigin, type Content } from '../../run/records.ts';
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
import type { FleetOptions } from '../shared/engine.ts';
import { harnessSecrets } from '../shared/harness-secrets.ts';
import { startHelper } from '../shared/helper-process.ts';
import { buildsOf, contentNow, contentOf, inputsOf, type InputOptions } from '../shared/inputs.ts';
import { startOptions, phases } from '../shared/start.ts';
import { errorFrom, planFile, type StartMessage, type SupervisorPlan } from './control.ts';
import { LocalFleet } from './local-fleet.ts';
import { checkModelled } from './model.ts';
import { reapRun } from './reap.ts';

/** Below the root of the repository. */
const helper = 'fleet/engines/local/supervisor.ts';
const supervisorScript = fileURLToPath(new URL('./supervisor.ts', import.meta.url));

export const content = async (description: FleetDescription, options: InputOptions): Promise<Content> =>
  contentNow(await localInputs(description, options), helper);

/** Only a running supervisor knows all processes of the run, so it ends the run. One that does not respond is killed. */
export async function reap(runId: string): Promise<void> {
  if (!runIds().includes(runId)) throw noSuchRun('local', runId);
  const state = readRunState(runId);
  if (state && isRunAlive(state) && state.control) await new LocalFleet(state).down().catch(() => {});
  reapRun(runId);
}

export async function up(description: FleetDescription, options: FleetOptions = {}): Promise<LocalFleet> {
  const { runId, hosts, changes, detached, onProgress, signal } = startOptions(description.hosts, options);
  const { shareWith, isUsedOnce = false } = options;
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
    const hashes = isUsedOnce ? undefined : contentOf({ ...inputs, builds, helper });
    hashes?.catch(() => {});
    phase('apps built');

    const { authority, caFile } = await trustReady;
    const controlToken = randomBytes(32).toString('base64url');
    phase('authority made');

    const plan: SupervisorPlan = {
      objects: [...objects, ...harnessSecrets(authority, controlToken)],
      imagesModule: description.imagesModule,
      builds,
      sources,
      detached,
      edge: { caFile, controlToken, spki: authority.spki },
    };
    writeFileSync(join(runDirectory(runId), planFile), JSON.stringify(plan), { mode: 0o600 });
    await supervise(runId, onProgress, signal);
    if (hashes) recordOrigin(runId, { content: await hashes });
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

const supervise = (runId: string, onProgress: (line: string) => void, signal: AbortSignal | undefined) =>
  startHelper<StartMessage>(supervisorScript, runId, {
    name: 'supervisor',
    cwd: dirname(supervisorScript),
    env: supervisorEnvironment(runId),
    signal,
    onMessage: (message) => {
      if (message.type === 'failed') throw errorFrom(message.error);
      if (message.type === 'progress') onProgress(message.line);
      return message.type === 'up';
    },
  });

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

export function attach(runId: string): LocalFleet {
  const state = stateOf('local', runId);
  if (!isRunAlive(state)) {
    throw new HarnessError(
      `The run ${runId} has lost its supervisor. Clear it away with: npm run fleet -- down ${runId}`,
    );
  }
  if (!state.control) throw notUpYet(runId);
  return new LocalFleet(state);
}
