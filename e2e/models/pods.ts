import type { Fleet } from '../../fleet/engines/engine.ts';
import { expect } from '../matchers/index.ts';

/** Two Ready pods of a deployment, for a claim about crossing from one to the other. */
export async function twoPods(fleet: Fleet, deployment: string): Promise<[a: string, b: string]> {
  const ready = (await fleet.pods(deployment)).filter((pod) => pod.ready && pod.phase === 'Running');
  const [a, b] = ready.map((pod) => pod.name);
  expect(
    ready.length,
    `unproven: ${deployment} has ${ready.length} Ready pods, and the claim is about two`,
  ).toBeGreaterThan(1);
  return [a ?? '', b ?? ''];
}
