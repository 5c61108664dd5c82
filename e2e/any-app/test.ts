import type { Person } from '../../fixtures/person.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { test as base } from '../fixtures/index.ts';
import { checkedApp, checkedAppFile, type CheckedApp } from './checked-app.ts';

const { provider } = checkedAppFile ? checkedApp() : {};

/** Tests of the app that is checked. */
export const test = provider ? withProvider(provider) : base;

/** The users are those that its owner named, one after the other, and the browser reaches it without the edge. */
function withProvider({ issuer, users, hosts }: NonNullable<CheckedApp['provider']>) {
  const people = users.map(({ username, password }): Person => ({
    username,
    password,
    name: username,
    email: username,
    groups: [],
  }));
  const bypass = [new URL(issuer).hostname, ...hosts].join();
  let next = 0;
  return base.extend({
    newPerson: ({}, use: (newPerson: () => Promise<Person>) => Promise<void>) =>
      use(async () => people[next++ % people.length]!),
    proxy: ({ fleet }, use) => use({ server: fleet.edge.proxyUrl, bypass }),
    authentik: noMock('authentik'),
    providerSettings: noMock('providerSettings'),
  });
}

function noMock(fixture: string) {
  return async () => {
    throw new HarnessError(
      `The fixture ${fixture} is for the mock provider. Leave "provider" out of the configuration.`,
    );
  };
}
