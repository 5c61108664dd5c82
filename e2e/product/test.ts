import { appNames, firstApp } from '../../apps/environment/apps.ts';
import { test as base } from '../fixtures/index.ts';
import { expect as general } from '../matchers/index.ts';
import { App, appNamed } from '../models/app.ts';
import { toNameOnlyHosts } from '../models/host-names.ts';
import { SessionKeys } from '../models/session-store.ts';
import { newHttpSession, newRequests } from './http-session.ts';
import { deployer, newChallenge, releaseCheckout } from './kubernetes.ts';
import { knownLeaks, silentLogs } from './silent-logs.ts';
import type { ProductOptions, ProductTestFixtures, ProductWorkerFixtures } from './types.ts';

export const expect = general.extend({ toNameOnlyHosts });

/** The suite's `test`: that of the harness, with the apps, their session store and their release. */
export const test = base.extend<ProductOptions & ProductTestFixtures, ProductWorkerFixtures>({
  knownLeaks: [knownLeaks, { scope: 'worker' }],
  silentLogs: [silentLogs, { auto: true }],
  appName: [firstApp, { option: true }],
  app: ({ appName, apps }, use) => use(appNamed(apps, appName)),
  apps: ({ page, fleet, edge, clientId }, use) =>
    use(appNames.map((name) => new App(name, { page, hosts: fleet.hosts, edge, clientId }))),
  operator: ({ apps }, use) => use(appNamed(apps, 'operator')),
  portal: ({ apps }, use) => use(appNamed(apps, 'portal')),
  newRequests,
  newHttpSession,
  sessionStore: async ({ description, fleet }, use) => {
    const { service, port } = description.store;
    using store = new SessionKeys(await fleet.reach(service, port));
    await use(store);
  },
  deployer,
  releaseCheckout,
  newChallenge,
});
