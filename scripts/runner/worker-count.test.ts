import { expect, test } from 'vitest';
import { workerCount } from './worker-count.ts';

const gib = 2 ** 30;

test.each([
  ['two for each core on this machine', 'local', 300, { cores: 2, bytes: 24 * gib }, 4],
  ['three for two cores where a node runs as well', 'k3s', 300, { cores: 2, bytes: 24 * gib }, 3],
  ['four at most for the ports of a node', 'k3s', 300, { cores: 4, bytes: 24 * gib }, 4],
  ['one in a cluster of somebody else', 'cluster', 300, { cores: 16, bytes: 64 * gib }, 1],
  ['what the memory holds', 'local', 300, { cores: 8, bytes: 7 * gib }, 2],
  ['no more than the longest tests leave work for', 'local', 300, { cores: 64, bytes: 512 * gib }, 8],
  ['one for a few tests', 'local', 8, { cores: 2, bytes: 24 * gib }, 1],
  ['two for some more', 'local', 9, { cores: 2, bytes: 24 * gib }, 2],
  ['one even on a small machine', 'local', 300, { cores: 1, bytes: gib }, 1],
] as const)('%s', (_what, engine, tests, machine, count) => {
  expect(workerCount(engine, tests, machine)).toBe(count);
});
