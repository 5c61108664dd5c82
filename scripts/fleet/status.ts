import Table from 'cli-table3';
import { appNames, firstApp, sessionApps } from '../../apps/environment/apps.ts';
import { authentikServerOf } from '../../e2e/engine-in-use.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import type { DeploymentStatus, Pod } from '../../fleet/manifests/status.ts';
import { origin, originsOf } from '../../fleet/hosts.ts';
import { listRuns } from '../../fleet/run/runs.ts';
import { people } from '../../fixtures/people.ts';
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

/** @returns whether everything is healthy. */
export async function printStatus(fleet: Fleet): Promise<boolean> {
  const [deployments, pods] = await Promise.all([fleet.deployments(), fleet.pods()]);
  const unhealthy = deployments.filter(({ complete }) => !complete).map(({ name }) => name);
  const server = authentikServerOf(fleet);
  const lines = [
    `Run ${fleet.runId}: ${unhealthy.length === 0 ? 'everything is healthy' : `not healthy: ${unhealthy.join(', ')}`}`,
    '',
    deploymentTable(deployments),
    podTable(pods),
    ...reasonsOf(pods),
    '',
    urlTable(fleet),
    '',
    // The people of a server are its own.
    ...(server ? [] : [peopleTable(), '']),
    `These hosts exist only behind the edge, ${fleet.edge.proxyUrl}:`,
    `  a browser   npm run fleet -- open ${appNames.join(' | ')}`,
    `  curl        curl --proxy ${fleet.edge.proxyUrl} --cacert ${fleet.edge.caFile} ${origin(fleet.hosts[firstApp])}/`,
    `  Authentik   ${server ? `${server.origin} is a server in place of the mock` : `${fleet.authentikControl.controlUrl} is the control plane of the mock`}`,
    '',
  ];
  process.stdout.write(lines.join('\n'));
  return unhealthy.length === 0;
}

function deploymentTable(deployments: readonly DeploymentStatus[]): string {
  const rows = plainTable(['DEPLOYMENT', 'READY', 'UPDATED', 'STATE']);
  for (const { name, ready, replicas, updated, complete } of deployments) {
    rows.push([name, `${ready}/${replicas}`, String(updated), complete ? 'complete' : 'in progress']);
  }
  return `${rows.toString()}\n`;
}

function podTable(pods: readonly Pod[]): string {
  const rows = plainTable(['POD', 'PHASE', 'READY', 'RESTARTS', 'REVISION', 'ADDRESS', 'LAST END']);
  for (const pod of pods) {
    rows.push([
      pod.name,
      pod.phase,
      pod.ready ? 'yes' : 'no',
      String(pod.restarts),
      pod.revision,
      pod.address ? `${pod.address.host}:${pod.address.port}` : '',
      pod.lastExit ?? '',
    ]);
  }
  return rows.toString();
}

/** Why pods are Pending or not Ready. */
const reasonsOf = (pods: readonly Pod[]): string[] =>
  pods.flatMap(({ name, phase, ready, reason }) =>
    ready || reason === undefined ? [] : [`${name} is ${phase === 'Running' ? 'not Ready' : phase}: ${reason}`],
  );

function urlTable(fleet: Fleet): string {
  const rows = plainTable(['APP', 'URL']);
  rows.push(...sessionApps.map(({ name, title }) => [title, origin(fleet.hosts[name])]), [
    'Authentik',
    origin(fleet.hosts.auth),
  ]);
  return rows.toString();
}

function peopleTable(): string {
  const rows = plainTable(['USER', 'PASSWORD', 'GROUPS']);
  for (const { username, password, groups } of Object.values(people))
    rows.push([username, password, groups.join(', ')]);
  return rows.toString();
}

/** `fleet list`. */
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
  const rows = plainTable(['RUN', 'STATE', 'STARTED', 'ENDS WITH ITS OWNER']);
  for (const { runId, alive, startedAt, detached } of runs) {
    rows.push([runId, alive ? 'up' : 'abandoned', startedAt, detached ? 'no' : 'yes']);
  }
  process.stdout.write(`${rows.toString()}\n`);
}

const tableEdges = ['top', 'bottom', 'left', 'right', 'mid'] as const;
const tableCorners = ['mid', 'left', 'right'] as const;
const noBorders = Object.fromEntries(
  tableEdges.flatMap((edge) => [[edge, ''], ...tableCorners.map((corner) => [`${edge}-${corner}`, ''])]),
);

/** A table without borders. */
const plainTable = (head: string[]) =>
  new Table({
    head,
    chars: { ...noBorders, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
