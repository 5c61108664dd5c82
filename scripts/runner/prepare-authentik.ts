import { AuthentikApi, hasWorker } from '../../fixtures/authentik-api/client.ts';
import { provisionRun } from '../../fixtures/authentik-api/provision-run.ts';
import type { FleetOptions } from '../../fleet/engines/shared/engine.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { newRunId, readRunState } from '../../fleet/run/state.ts';
import type { AuthentikOption } from '../command/authentik-option.ts';
import { progress } from '../command/run-command.ts';
import { factorOf } from './slowness.ts';
import { startCallRelay } from './call-relay.ts';

const tokenVariable = 'AUTHENTIK_TOKEN';

/** The options of a fleet with an Authentik. Disposing removes what was made for it at a server. */
interface PreparedAuthentik extends AsyncDisposable {
  options: Pick<FleetOptions, 'authentik' | 'runId'>;
  /** How much slower it is than one on a quiet machine, at least 1. */
  slowness: number;
}

/**
 * Prepares the Authentik that `--authentik` names. At a server it makes providers, applications and groups.
 * @param callbackHost name under which a server reaches this machine.
 * @throws HarnessError when the server refuses, or the token of its API is missing.
 */
export async function prepareAuthentik(
  option: AuthentikOption | undefined,
  callbackHost: string,
): Promise<PreparedAuthentik> {
  if (!option || 'profile' in option) {
    return { options: option ? { authentik: option } : {}, slowness: 1, [Symbol.asyncDispose]: async () => {} };
  }
  const token = process.env[tokenVariable];
  if (!token) throw new HarnessError(`Set ${tokenVariable} to the API token of an administrator of ${option.url}.`);
  const api = new AuthentikApi({ url: option.url, token });
  const version = await api.version();
  const runId = newRunId();
  await using started = new AsyncDisposableStack();
  const relay = (await hasWorker(api))
    ? started.use(await startCallRelay(callbackHost, () => readRunState(runId)?.edge))
    : undefined;
  const server = { origin: option.url, token, ...(relay && { callsTo: relay.url }) };
  const tells = relay ? `its worker tells the apps of ended sessions at ${relay.url}` : 'it has no worker';
  progress(`${server.origin} is Authentik ${version}, and ${tells}; providers for ${runId} are being made`);
  started.adopt(await provisionRun(server, runId), async (made) => {
    progress(`what ${runId} made at ${server.origin} is being removed`);
    await made[Symbol.asyncDispose]();
    progress(`${server.origin} has no objects of ${runId} any more`);
  });
  const slowness = await measureServerSlowness(api);
  progress(`${server.origin} has providers for ${runId} now`);
  const all = started.move();
  return {
    options: { authentik: { server }, runId },
    slowness,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** Milliseconds of an answer of Authentik on a quiet machine. */
const quietMs = 50;
const rounds = 5;

/** How much slower this Authentik answers than one on a quiet machine, at least 1: by the median of a few answers. */
async function measureServerSlowness(api: Pick<AuthentikApi, 'version'>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const begin = performance.now();
    await api.version();
    times.push(performance.now() - begin);
  }
  const [median = 0] = times.toSorted((a, b) => a - b).slice(Math.floor(rounds / 2));
  return factorOf(median / quietMs);
}
