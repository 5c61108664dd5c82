import type { Page } from '@playwright/test';
import { expect, test } from 'vitest';
import type { EdgeClient } from '../../fleet/edge/client.ts';
import { productionHosts } from '../../fleet/product/hosts.ts';
import { App } from './app.ts';

/** A page that responds with a status, and whose navigation ends at a path. */
const appAt = (status: number, path: string): App => {
  const page = {
    goto: () => Promise.resolve({ status: () => status }),
    waitForFunction: () => Promise.resolve(),
    url: () => `https://${productionHosts.operator}${path}`,
  } as unknown as Page;
  return new App('operator', { page, hosts: productionHosts, edge: {} as EdgeClient, clientId: 'test' });
};

test('an error page is not the page that was asked for', async () => {
  await expect(appAt(500, '/users').open('/users')).rejects.toThrow(/status of \/users of operator[^]*Received: .*500/);
});

test('nor is the sign-in page', async () => {
  await expect(appAt(200, '/sign-in?to=%2Fusers').open('/users')).rejects.toThrow(
    /where \/users of operator leads[^]*Received: .*\/sign-in\?to=%2Fusers/,
  );
});
