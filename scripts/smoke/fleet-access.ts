import { appNames } from '../../apps/environment/apps.ts';
import type { Target } from '../../e2e/smoke/target.ts';
import { engineOfRun } from '../../fleet/engines/engines.ts';
import type { LiveAccess } from '../../fleet/engines/live/live.ts';
import { origin } from '../../fleet/hosts.ts';

/** How to reach a fleet of this machine: its origins, its edge as the proxy, and its authority. */
export async function fleetAccess(runId: string): Promise<{ urls: Target['urls']; access: LiveAccess }> {
  const { hosts, edge } = await engineOfRun(runId).attach(runId);
  const roles = [...appNames, 'auth'] as const;
  return {
    urls: Object.fromEntries(roles.map((role) => [role, origin(hosts[role])])) as Target['urls'],
    access: { proxy: edge.proxyUrl, caFile: edge.caFile },
  };
}
