import { join } from 'node:path';
import { Option } from 'commander';
import type { Finding } from '../../e2e/probes/findings.ts';
import type { HostRole } from '../../e2e/probes/target.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { engineOfRun } from '../../fleet/product/fleet.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import { podLine } from '../../fleet/manifests/status.ts';
import { render } from '../../fleet/manifests/render.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { fromCallersFolder } from '../command/command-line.ts';
import { accessBy } from './connection-options.ts';
import { byUrls, roles, urlOptionNames, urlsGiven, urlsIn, type WayToFleet } from './live-options.ts';

/** The fleet that the manifests of this repository describe, one of this machine, or one by its URLs. */
export const ofRepository: WayToFleet = {
  reports: 'reports/smoke',
  withTargetOptions: (command) =>
    byUrls
      .withTargetOptions(
        command.addOption(
          new Option('--kustomization <folder>', 'manifests that say the URLs; default: fleet/apps')
            .argParser(fromCallersFolder)
            .conflicts(urlOptionNames),
        ),
      )
      .addOption(
        new Option('--run <id>', 'this fleet of this machine, whose addresses are then known').conflicts([
          ...urlOptionNames,
          'kustomization',
          'proxy',
          'connectTo',
          'ca',
        ]),
      ),
  async fleetFrom(options) {
    const { run, kustomization = join(repositoryRoot, 'fleet/apps') } = options;
    if (run !== undefined) {
      const fleet = await engineOfRun(run).attach(run);
      const { hosts, edge } = fleet;
      const urls = Object.fromEntries(roles.map((role) => [role, httpsOf(hosts[role])])) as Record<HostRole, string>;
      return { urls, proxy: edge.proxyUrl, caFile: edge.caFile, rollouts: () => unfinishedRollouts(fleet) };
    }
    return { urls: urlsGiven(options) ?? urlsIn(await render(kustomization)), ...accessBy(options) };
  },
};

async function unfinishedRollouts(fleet: Fleet): Promise<Finding[]> {
  const [deployments, pods] = await Promise.all([fleet.deployments(), fleet.pods()]);
  return deployments
    .filter(({ complete }) => !complete)
    .map(({ name, replicas, ready, updated }) => {
      const waiting = pods.filter((pod) => pod.deployment === name && !pod.ready);
      return {
        what: `The rollout of ${name} has not ended. Ready pods: ${ready} of ${replicas}; new ones: ${updated}.`,
        evidence: waiting.map(podLine),
        next: `npm run fleet -- logs ${waiting[0]?.name ?? name} --run ${fleet.runId}`,
      };
    });
}
