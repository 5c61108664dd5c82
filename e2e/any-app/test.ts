import { browserOptions } from '../../fixtures/browser.ts';
import type { Person } from '../../fixtures/person.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { commandFleet } from '../../fleet/one-app/command-app.ts';
import { WebApp } from '../claims/web-app.ts';
import { test as base } from '../fixtures/index.ts';
import { runRequest } from '../run-request.ts';
import { checkedApp, checkedAppFile, webAppOf, type CheckedApp } from './checked-app.ts';
import { onceInACheck, whyNoSignIn } from './first-sign-in.ts';

const { provider } = checkedAppFile() ? checkedApp() : {};

const notStarted =
  'No app was started for these specs. Run them with `npx session-check`, or name the global setup in ' +
  "playwright.config.ts: globalSetup: '@dezky/session-check/global-setup'";

/** Tests of the app that is checked. The first of a check tries whether a user can sign in on one pod at all. */
export const test = (provider ? withProvider(provider) : base).extend({
  description: [
    ({}, use) => {
      if (!checkedAppFile()) throw new HarnessError(notStarted);
      return use(commandFleet(checkedAppFile()));
    },
    { scope: 'worker' },
  ],
  people: [({}, use) => use({ mailHost: 'session-check.test', groups: [] }), { scope: 'worker' }],
  launchOptions: [
    ({ launchOptions }, use) => use({ ...browserOptions({ whole: runRequest.headed }), ...launchOptions }),
    { scope: 'worker' },
  ],
  needs: ({}, use) => use(['authentik-control']),
  // What its pages log is no claim here: many apps have no icon.
  expectedConsole: ({}, use) => use([/^/]),
  webApp: async ({ browser, contextOptions, fleet, edge, newPerson }, use) => {
    const checked = checkedApp();
    const described = await webAppOf(checked);
    const noSignIn = await onceInACheck(async () => {
      const clientId = 'first-sign-in';
      // A client of its own: its pins, and its requests, are not those of the claim.
      const extraHTTPHeaders = { ...contextOptions.extraHTTPHeaders, 'x-edge-client': clientId };
      await using profile = await browser.newContext({ ...contextOptions, extraHTTPHeaders });
      const page = await profile.newPage();
      const app = new WebApp(described, { page, hosts: fleet.hosts, edge, clientId });
      return await whyNoSignIn(app, await newPerson(), { fleet, edge, ...checked });
    });
    await use({ ...described, noSignIn });
  },
});

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
