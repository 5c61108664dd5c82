import { expect, test } from 'vitest';
import { canonical } from './images.ts';

test.each([
  ['redis:7', 'docker.io/library/redis:7'],
  ['dezky/operator:abc', 'docker.io/dezky/operator:abc'],
  ['ghcr.io/owner/name:1', 'ghcr.io/owner/name:1'],
])('containerd writes %s as %s', (reference, written) => {
  expect(canonical(reference)).toBe(written);
});
