import { expect, test } from 'vitest';
import { engineOf } from '../../fleet/product/fleet.ts';
import { CannotRunHere } from '../../fleet/errors.ts';
import { regressionNamed } from '../../fixtures/regression.ts';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import { withRegression } from './regression-option.ts';

const local = engineOf('local');

test('a fleet without a name has no change', async () => {
  expect(await withRegression(local, undefined, regressions(), 'npm run e2e --')).toEqual({});
});

test('a fleet has the change of the regression that is named', async () => {
  const { change } = regressionNamed('memory-sessions', regressions());
  expect(await withRegression(local, 'memory-sessions', regressions(), 'npm run e2e --')).toEqual({
    changes: [change],
  });
});

test('a name that is not in the catalogue is refused with the nearest one', async () => {
  await expect(withRegression(local, 'memory-session', regressions(), 'npm run e2e --')).rejects.toThrow(
    'There is no regression "memory-session". Did you mean memory-sessions?',
  );
});

test('a regression that the engine cannot have is refused with the command that can', async () => {
  const attempt = withRegression(local, 'redis-without-persistence', regressions(), 'npm run e2e --');
  await expect(attempt).rejects.toThrow(CannotRunHere);
  await expect(attempt).rejects.toThrow('Run: npm run e2e -- --regression redis-without-persistence --engine k3s');
});
