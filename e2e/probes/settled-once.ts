import type { AppName } from '../../apps/environment/apps.ts';
import type { CheckContext } from './checks/app-check.ts';
import type { SmokeClient } from './client.ts';
import { ask } from './probes.ts';
import { settle, type Settled } from './rules/settle.ts';

/** Asks the pods of each app once, for all checks that read what they say about themselves. */
export function settledOnce(client: SmokeClient): CheckContext['settled'] {
  const { sha, wait } = client.target;
  const asked = new Map<AppName, Promise<Settled>>();
  return (app) => {
    const settled = asked.get(app) ?? settle({ ask: () => ask(client, app, 'ready'), wanted: sha, wait });
    asked.set(app, settled);
    return settled;
  };
}
