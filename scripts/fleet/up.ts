import { throwIfAborted } from '../../fleet/abort.ts';
import { engineOf } from '../../fleet/engines/engines.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { developmentHosts, productionHosts } from '../../fleet/hosts.ts';
import { checkRunId } from '../../fleet/run/state.ts';
import { AuthentikControl } from '../../fixtures/authentik/control/client.ts';
import { people } from '../../fixtures/people.ts';
import { interruption } from '../interruption.ts';
import { progress } from '../run-command.ts';
import { printStatus } from './status.ts';

const hostsByName = { production: productionHosts, development: developmentHosts } as const;

/** `fleet up`: a fleet that outlives this command. Ctrl-C during the start cleans up everything. */
export async function up(options: {
  engine: string;
  hosts: string;
  authentik?: { profile: string };
  name?: string;
  context?: string;
  lag?: number;
}): Promise<void> {
  if (!Object.hasOwn(hostsByName, options.hosts)) {
    throw new HarnessError(`"${options.hosts}" are no hosts. Use --hosts production or --hosts development.`);
  }
  if (options.lag !== undefined && options.engine !== 'local') {
    throw new HarnessError(`On the ${options.engine} engine the lag is what the cluster makes it. Leave --lag out.`);
  }
  // Checked before the first request to Docker or a cluster.
  if (options.name !== undefined) checkRunId(options.name);
  // Engines read their settings from the environment.
  if (options.context !== undefined) process.env.FLEET_CONTEXT = options.context;
  const fleet = await engineOf(options.engine).up({
    hosts: hostsByName[options.hosts as keyof typeof hostsByName],
    detached: true,
    signal: interruption,
    onProgress: progress,
    ...(options.name === undefined ? {} : { runId: options.name }),
    ...(options.authentik && { authentik: options.authentik }),
    ...(options.lag === undefined ? {} : { endpointLag: options.lag }),
  });
  try {
    const authentik = new AuthentikControl(fleet.authentikControl);
    for (const person of Object.values(people)) await authentik.createUser(person);
    throwIfAborted(interruption);
  } catch (error) {
    await fleet.down();
    throw error;
  }
  await printStatus(fleet);
}
