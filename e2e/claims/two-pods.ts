import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { deadline } from '../deadline.ts';
import { expect } from '../matchers/index.ts';

/** Milliseconds to wait for a pod that is not Ready. The kubelet waits before it restarts a container that ended often. */
const readyMs = deadline(60_000);

/**
 * Two Ready pods of a Deployment, for a test whose requests go to one pod and then to the other. Waits for the second
 * pod if the Deployment has two replicas.
 */
export async function twoPods(fleet: Fleet, deployment: string): Promise<[a: string, b: string]> {
  let ready: string[] = [];
  await expect
    .poll(async () => (ready = await readyPods(fleet, deployment)).length > 1 || (await isAlone(fleet, deployment)), {
      message: `unproven: ${deployment} does not come to two Ready pods, and the claim is about two`,
      timeout: readyMs,
    })
    .toBe(true);
  const [a, b] = ready;
  expect(
    ready.length,
    `unproven: ${deployment} has ${ready.length} Ready pods, and the claim is about two`,
  ).toBeGreaterThan(1);
  return [a ?? '', b ?? ''];
}

/** Names of the pods of a Deployment that are Ready, and were not told to end. */
export async function readyPods(fleet: Fleet, deployment: string): Promise<string[]> {
  const pods = await fleet.pods(deployment);
  return pods.filter((pod) => pod.ready && pod.phase === 'Running').map(({ name }) => name);
}

async function isAlone(fleet: Fleet, deployment: string): Promise<boolean> {
  const found = (await fleet.deployments()).find(({ name }) => name === deployment);
  return (found?.replicas ?? 0) < 2;
}
