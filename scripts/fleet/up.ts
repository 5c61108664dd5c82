import { localEngine } from '../../fleet/engines/local.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { developmentHosts, productionHosts } from '../../fleet/hosts.ts';
import { AuthentikClient } from '../../fixtures/authentik/client.ts';
import { people } from '../../fixtures/people.ts';
import { printStatus } from './status.ts';

const hostsByName = { production: productionHosts, development: developmentHosts } as const;

/** `fleet up`: a fleet that outlives this command. Ctrl-C on the way leaves nothing. */
export async function up(options: { hosts: string; name?: string; lag?: number }): Promise<void> {
  if (!Object.hasOwn(hostsByName, options.hosts)) {
    throw new HarnessError(`"${options.hosts}" are no hosts. Use --hosts production or --hosts development.`);
  }
  const abort = new AbortController();
  const interrupt = (): void => abort.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const fleet = await localEngine.up({
    hosts: hostsByName[options.hosts as keyof typeof hostsByName],
    detached: true,
    signal: abort.signal,
    onProgress: (line) => process.stderr.write(`  ${line}\n`),
    ...(options.name === undefined ? {} : { runId: options.name }),
    ...(options.lag === undefined ? {} : { endpointLag: options.lag }),
  });
  try {
    const authentik = new AuthentikClient(fleet.authentikControlUrl);
    for (const person of Object.values(people)) await authentik.createUser(person);
    abort.signal.throwIfAborted();
  } catch (error) {
    await fleet.down();
    throw error;
  }
  await printStatus(fleet);
}
