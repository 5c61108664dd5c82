import { expect, test } from 'vitest';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import { switchesOf } from './switched.ts';

test('what names a development host in the browser gets a build of its own', async () => {
  const names = Object.keys(await switchesOf(regressions()));
  expect(names).toEqual(expect.arrayContaining(['ended-session-left-in-redis', 'empty-state-shown-as-error']));
  expect(names).not.toContain('error-page-names-dev-host');
});
