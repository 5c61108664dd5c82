import { expect, test } from 'vitest';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { twoPods } from '../claims/two-pods.ts';

/** A fleet whose second pod becomes Ready after this many status requests. */
function fleetOf(replicas: number, looks: number): Fleet {
  let looked = 0;
  return {
    deployments: () => Promise.resolve([{ name: 'operator', replicas }]),
    pods: () => {
      looked += 1;
      const names = ['a', 'b'].slice(0, replicas);
      return Promise.resolve(names.map((name) => ({ name, phase: 'Running', ready: name === 'a' || looked > looks })));
    },
  } as unknown as Fleet;
}

test('a pod that is not Ready yet is awaited', async () => {
  expect(await twoPods(fleetOf(2, 3), 'operator')).toEqual(['a', 'b']);
});

test.each([0, 1])('a Deployment with %i pods is called unproven at once', async (replicas) => {
  await expect(twoPods(fleetOf(replicas, 0), 'operator')).rejects.toThrow(
    `unproven: operator has ${replicas} Ready pods`,
  );
});
