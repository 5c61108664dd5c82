import { expect, test } from 'vitest';
import type { KubernetesApi } from '../kubernetes/api.ts';
import { shippedApps } from '../product/images.ts';
import { ofKind, type KubeObject } from '../manifests/objects.ts';
import { byDigest, digestsIn } from './digests.ts';
import { planOf, renderPinned } from './plan.ts';

const [first, second] = ['4f0b1c8d2e6a9f3b5c7d1e0f2a4b6c8d0e1f3a5b', '9f3b5c7d1e0f2a4b6c8d0e1f3a5b4f0b1c8d2e6a'];
const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const digestsOf = (digit: string) => digestsIn(shippedApps.map(({ app }) => `${app}@${digest(digit)}`).join(' '));
const imagesOf = (objects: KubeObject[]) =>
  ofKind(objects, 'Deployment').map(({ spec }) => spec.template.spec.containers[0]?.image);

/** A cluster whose Deployments are those of the last release. */
function cluster() {
  let live: KubeObject[] = [];
  const api = {
    find: ({ kind, metadata }: KubeObject) =>
      Promise.resolve(live.find((object) => object.kind === kind && object.metadata.name === metadata.name)),
  } as unknown as KubernetesApi;
  return async (sha: string, given?: ReadonlyMap<string, string>) =>
    (live = await byDigest(api, await renderPinned(sha), sha, given));
}

test('every image is of the digest that was pushed, and breaks no rule', async () => {
  const objects = await cluster()(first, digestsOf('1'));
  expect(imagesOf(objects).toSorted()).toEqual(
    shippedApps.map(({ name }) => `${name}:${first}@${digest('1')}`).toSorted(),
  );
  expect(planOf(objects, first).faults).toEqual([]);
});

test('going back takes the digests of then, whatever the tag names now', async () => {
  const release = cluster();
  const before = await release(first, digestsOf('1'));
  await release(second, digestsOf('2'));
  expect(imagesOf(await release(first))).toEqual(imagesOf(before));
  expect(imagesOf(await release(second))[0]).toContain(digest('2'));
});

test('a release again changes nothing of what is kept, and the last twenty are', async () => {
  const release = cluster();
  const before = await release(first, digestsOf('1'));
  expect(await release(first, digestsOf('1'))).toEqual(before);
  for (let number = 10; number < 30; number += 1) await release(String(number).repeat(20), digestsOf('2'));
  await expect(release(first)).rejects.toThrow(
    `The cluster does not know the digests of ${first} of operator, platform-api, portal, and its tags may have moved.`,
  );
});

test('every app needs a digest', () => {
  expect(() => digestsIn(`operator@${digest('0')} portal@sha256:0`)).toThrow('no digest of portal, platform-api.');
});
