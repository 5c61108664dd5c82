import { ApiException } from '@kubernetes/client-node';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { KubernetesApi } from '../kubernetes/api.ts';
import type { KubeObject } from '../manifests/objects.ts';
import { withLease } from './lease.ts';

beforeEach(() => void vi.useFakeTimers({ now: new Date('2026-01-01T10:00:00Z') }));
afterEach(() => void vi.useRealTimers());

/** A cluster that has the Lease; it refuses what was read before another change, as the API server does. */
function cluster() {
  let lease: KubeObject | undefined = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'ci-deployer', namespace: 'dezky', resourceVersion: '1' } as KubeObject['metadata'],
  };
  let version = 1;
  let isDown = false;
  const versionOf = (object: KubeObject | undefined) =>
    (object?.metadata as { resourceVersion?: string })?.resourceVersion;
  const api = {
    find: () => (isDown ? Promise.reject(new Error('no answer')) : Promise.resolve(lease && structuredClone(lease))),
    replace: async (object: KubeObject) => {
      if (versionOf(object) !== versionOf(lease)) throw new ApiException(409, 'Conflict', {}, {});
      lease = structuredClone({ ...object, metadata: { ...object.metadata, resourceVersion: String((version += 1)) } });
    },
  } as unknown as KubernetesApi;
  return {
    api,
    remove: () => (lease = undefined),
    breakDown: () => (isDown = true),
    spec: () => lease?.['spec'],
    deploying: <T>(holder: string, work: (lost: AbortSignal) => Promise<T>) => withLease(api, 'dezky', holder, work),
  };
}

const untilAborted = (lost: AbortSignal) =>
  new Promise<never>((_, reject) => lost.addEventListener('abort', () => reject(new Error('stopped'))));

test('one of two that begin at once deploys, and the other is told who does', async () => {
  const { deploying, spec } = cluster();
  const first = Promise.withResolvers<string>();
  const results = ['anna deploys a', 'ben deploys b'].map((holder) => deploying(holder, () => first.promise));
  await expect(results[1]).rejects.toThrow(
    'anna deploys a in dezky since 2026-01-01T10:00:00.000000Z. Only one deploy can run at a time. Nothing was applied. Wait for it or cancel it; the Lease of a killed deploy expires after 60 s.',
  );
  first.resolve('released');
  expect(await results[0]).toBe('released');
  expect(spec()).toEqual({});
  expect(await deploying('ben deploys b', () => Promise.resolve('too'))).toBe('too');
});

test('a deploy that takes long keeps its turn, and one that fails gives it up', async () => {
  const { deploying, spec } = cluster();
  const long = Promise.withResolvers<never>();
  const result = deploying('anna deploys a', () => long.promise);
  result.catch(() => {});
  await vi.advanceTimersByTimeAsync(300_000);
  await expect(deploying('ben deploys b', () => Promise.resolve())).rejects.toThrow('anna deploys a in dezky since');
  long.reject(new Error('no'));
  await expect(result).rejects.toThrow('no');
  expect(spec()).toEqual({});
});

test('a deploy that was suspended until another had its turn stops, and leaves that one its Lease', async () => {
  const { deploying, spec } = cluster();
  const suspended = deploying('anna deploys a', untilAborted);
  suspended.catch(() => {});
  await vi.advanceTimersByTimeAsync(0);
  vi.setSystemTime(Date.now() + 61_000);
  void deploying('ben deploys b', untilAborted).catch(() => {});
  await vi.advanceTimersByTimeAsync(11_000);
  await expect(suspended).rejects.toThrow(
    /^ben deploys b in dezky since .* This deploy stops; what it applied stays\./,
  );
  expect(spec()).toMatchObject({ holderIdentity: 'ben deploys b' });
});

test('a cluster that does not answer for a moment ends no deploy, but one that is silent as long as the Lease does', async () => {
  const { deploying, breakDown } = cluster();
  let isOver = false;
  const result = deploying('anna deploys a', untilAborted).finally(() => (isOver = true));
  result.catch(() => {});
  await vi.advanceTimersByTimeAsync(0);
  breakDown();
  await vi.advanceTimersByTimeAsync(40_000);
  expect(isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(40_000);
  await expect(result).rejects.toThrow('The Lease ci-deployer of dezky cannot be acquired: no answer');
});

test('a namespace without the Lease is told how to get it', async () => {
  const { deploying, remove } = cluster();
  remove();
  await expect(deploying('anna deploys a', untilAborted)).rejects.toThrow(
    'cannot be acquired: there is none. An administrator makes it: kubectl apply -n dezky -f fleet/apps/ci-deployer.yaml',
  );
});
