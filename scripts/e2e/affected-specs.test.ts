import { expect, test } from 'vitest';
import { affectedSpecs } from './affected-specs.ts';
import { specFiles } from './spec-filters.ts';

const specs = specFiles();

test('a spec affects itself alone', async () => {
  expect(await affectedSpecs(['e2e/session/cookie.spec.ts'], specs)).toEqual(['e2e/session/cookie.spec.ts']);
});

test('a model affects the specs that import it, and no other', async () => {
  const affected = await affectedSpecs(['e2e/models/redis-outage.ts'], specs);
  expect(affected).toContain('e2e/rollout/redis-loss.spec.ts');
  expect(affected).not.toContain('e2e/release/manifests.spec.ts');
});

test('what every spec imports by way of others affects all that use it', async () => {
  expect(await affectedSpecs(['e2e/fixtures/people.ts'], specs)).toContain('e2e/session/cookie.spec.ts');
});

test('a file that no spec imports affects none', async () => {
  expect(await affectedSpecs(['scripts/prove.ts', 'README.md'], specs)).toEqual([]);
});
