import { appNames, firstApp, sessionApps } from '../../apps/environment/apps.ts';
import { authentikServerOf } from '../../e2e/engine-in-use.ts';
import { quoted } from '../../fleet/quoted.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import type { DeploymentStatus, Pod } from '../../fleet/manifests/status.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import { originsOf } from '../../fleet/product/hosts.ts';
import { listRuns } from '../../fleet/run/runs.ts';
import { people } from '../../fixtures/people.ts';
import { inColumns } from '../command/output.ts';
import { chooseRun } from './choose-run.ts';

/** `fleet status`. @returns whether everything is healthy. */
export async function status(run: string | undefined, options: { json?: boolean }): Promise<boolean> {
  const fleet = await chooseRun(run);
  if (!options.json) return printStatus(fleet);
  const description = await describe(fleet);
  process.stdout.write(`${JSON.stringify(description, undefined, 2)}\n`);
  return description.healthy;
}

async function describe(fleet: Fleet) {
  const { controlToken: _controlToken, ...edge } = fleet.edge;
  const deployments = await fleet.deployments();
  const server = authentikServerOf(fleet);
  return {
    runId: fleet.runId,
    engine: fleet.engine,
    healthy: deployments.every(({ complete }) => complete),
    urls: originsOf(fleet.hosts),
    edge,
    ...(server ? { authentikServer: server.origin } : { authentikControlUrl: fleet.authentikControl.controlUrl }),
    deployments,
    pods: await fleet.pods(),
  };
}

export async function printStatus(fleet: Fleet): Promise<boolean> {
  const [deployments, pods] = await Promise.all([fleet.deployments(), fleet.pods()]);
  const unhealthy = deployments.filter(({ complete }) => !complete).map(({ name }) => name);
  const server = authentikServerOf(fleet);
  const lines = [
    `Run ${fleet.runId}: ${unhealthy.length === 0 ? 'everything is healthy' : `not healthy: ${unhealthy.join(', ')}`}`,
    '',
    ...deploymentLines(deployments),
    '',
    ...podLines(pods),
    ...reasonsOf(pods),
    '',
    ...urlLines(fleet),
    '',
    // The people of a server are its own.
    ...(server ? [] : [...peopleLines(), '']),
    `These hosts exist only behind the edge, ${fleet.edge.proxyUrl}:`,
    `  a browser   npm run fleet -- open ${appNames.join(' | ')}`,
    `  curl        curl --proxy ${fleet.edge.proxyUrl} --cacert ${quoted(fleet.edge.caFile)} ${httpsOf(fleet.hosts[firstApp])}/`,
    `  Authentik   ${server ? `${server.origin} is a server in place of the mock` : `${fleet.authentikControl.controlUrl} is the control plane of the mock`}`,
    '',
  ];
  process.stdout.write(lines.join('\n'));
  return unhealthy.length === 0;
}

const deploymentLines = (deployments: readonly DeploymentStatus[]): string[] =>
  inColumns([
    ['DEPLOYMENT', 'READY', 'UPDATED', 'STATE'],
    ...deployments.map(({ name, ready, replicas, updated, complete }) => [
      name,
      `${ready}/${replicas}`,
      String(updated),
      complete ? 'complete' : 'in progress',
    ]),
  ]);

const podLines = (pods: readonly Pod[]): string[] =>
  inColumns([
    ['POD', 'PHASE', 'READY', 'RESTARTS', 'REVISION', 'ADDRESS', 'LAST END'],
    ...pods.map(({ name, phase, ready, restarts, revision, address, lastExit }) => [
      name,
      phase,
      ready ? 'yes' : 'no',
      String(restarts),
      revision,
      address ? `${address.host}:${address.port}` : '',
      lastExit ?? '',
    ]),
  ]);

/** Why pods are Pending or not Ready. */
const reasonsOf = (pods: readonly Pod[]): string[] =>
  pods.flatMap(({ name, phase, ready, reason }) =>
    ready || reason === undefined ? [] : [`${name} is ${phase === 'Running' ? 'not Ready' : phase}: ${reason}`],
  );

const urlLines = ({ hosts }: Fleet): string[] =>
  inColumns([
    ['APP', 'URL'],
    ...sessionApps.map(({ name, title }) => [title, httpsOf(hosts[name])]),
    ['Authentik', httpsOf(hosts.auth)],
  ]);

const peopleLines = (): string[] =>
  inColumns([
    ['USER', 'PASSWORD', 'GROUPS'],
    ...Object.values(people).map(({ username, password, groups }) => [username, password, groups.join(', ')]),
  ]);

export function list(options: { json?: boolean }): void {
  const runs = listRuns();
  if (options.json) {
    process.stdout.write(`${JSON.stringify(runs, undefined, 2)}\n`);
    return;
  }
  if (runs.length === 0) {
    process.stdout.write('No runs. Start one with: npm run fleet -- up\n');
    return;
  }
  const lines = inColumns([
    ['RUN', 'STATE', 'STARTED', 'ENDS WITH ITS OWNER'],
    ...runs.map(({ runId, alive, startedAt, detached }) => [
      runId,
      alive ? 'up' : 'abandoned',
      startedAt,
      detached ? 'no' : 'yes',
    ]),
  ]);
  process.stdout.write(`${lines.join('\n')}\n`);
}
