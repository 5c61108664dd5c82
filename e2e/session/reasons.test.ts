import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reasonNames } from '../../apps/environment/session-reasons.ts';

test('each session reason is claimed by a spec that looks at the cookies of its refusal', () => {
  const specs = globSync('../**/*.spec.ts', { cwd: import.meta.dirname })
    .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
    .filter((source) => source.includes('refusalOf('));
  const unclaimed = reasonNames.filter((reason) => !specs.some((source) => source.includes(`'${reason}'`)));
  expect(
    unclaimed.map((reason) => `No spec expects the reason "${reason}". Add a row to e2e/session/reasons.spec.ts.`),
  ).toEqual([]);
});
