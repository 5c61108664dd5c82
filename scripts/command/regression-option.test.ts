import { expect, test } from 'vitest';
import { engineOf } from '../../fleet/product/fleet.ts';
import { CannotRunHere } from '../../fleet/errors.ts';
import { regressionNamed } from '../../fixtures/regression.ts';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import { withRegression } from './regression-option.ts';

const chosen = (name?: string) => withRegression(engineOf('local'), name, regressions(), 'npm run e2e --');

test('a fleet has the change of the regression that is named', async () => {
  const { change } = regressionNamed('memory-sessions', regressions());
  expect(await chosen('memory-sessions')).toEqual({
    changes: [change],
  });
});

test('a name that is not in the catalogue is refused with the nearest one', async () => {
  await expect(chosen('memory-session')).rejects.toThrow(
    'There is no regression "memory-session". Did you mean memory-sessions?',
  );
});

test('a regression that the engine cannot have is refused with the command that can', async () => {
  const attempt = chosen('redis-without-persistence');
  await expect(attempt).rejects.toThrow(CannotRunHere);
  await expect(attempt).rejects.toThrow('Run: npm run e2e -- --regression redis-without-persistence --engine k3s');
});
