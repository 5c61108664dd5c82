import { AuthentikApi } from '../../fixtures/authentik-api/client.ts';
import { provisionRun } from '../../fixtures/authentik-api/provision-run.ts';
import type { FleetOptions } from '../../fleet/engines/shared/engine.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { newRunId } from '../../fleet/run/state.ts';
import type { AuthentikOption } from '../authentik-option.ts';
import { progress } from '../run-command.ts';
import { measureServerSlowness } from './server-slowness.ts';

const tokenVariable = 'AUTHENTIK_TOKEN';

/** The options of a fleet with an Authentik. Disposing removes what was made for it at a server. */
interface AuthentikToUse extends AsyncDisposable {
  options: Pick<FleetOptions, 'authentik' | 'runId'>;
  /** How much slower it is than one on a quiet machine, at least 1. */
  slowness: number;
}

/**
 * Prepares the Authentik that `--authentik` names. At a server it makes providers, applications and groups.
 * @throws HarnessError when the server refuses, or the token of its API is missing.
 */
export async function authentikToUse(option: AuthentikOption | undefined): Promise<AuthentikToUse> {
  if (!option || 'profile' in option) {
    return { options: option ? { authentik: option } : {}, slowness: 1, [Symbol.asyncDispose]: async () => {} };
  }
  const token = process.env[tokenVariable];
  if (!token) throw new HarnessError(`Set ${tokenVariable} to the API token of an administrator of ${option.url}.`);
  const server = { origin: option.url, token };
  const api = new AuthentikApi({ url: server.origin, token });
  const version = await api.version();
  const runId = newRunId();
  progress(`${server.origin} is Authentik ${version}; providers for ${runId} are being made`);
  const made = await provisionRun(server, runId);
  const slowness = await measureServerSlowness(api);
  progress(`${server.origin} has providers for ${runId} now`);
  return {
    options: { authentik: { server }, runId },
    slowness,
    [Symbol.asyncDispose]: async () => {
      progress(`what ${runId} made at ${server.origin} is being removed`);
      await made[Symbol.asyncDispose]();
      progress(`${server.origin} has no objects of ${runId} any more`);
    },
  };
}
