import type { APIRequestContext } from '@playwright/test';
import { httpsOf } from '../../fleet/hosts.ts';
import { signInByHttp } from '../claims/sign-in-by-http.ts';
import { routes } from '../models/app.ts';
import type { ProductFixtures as Fixtures, UseProduct as Use } from './types.ts';

export async function newHttpSession(
  { playwright, proxy, extraHTTPHeaders, fleet, newPerson }: Fixtures,
  use: Use<'newHttpSession'>,
): Promise<void> {
  const made: APIRequestContext[] = [];
  await use(async (app, known) => {
    const person = known ?? (await newPerson());
    const request = await playwright.request.newContext({
      ...(proxy && { proxy }),
      ...(extraHTTPHeaders && { extraHTTPHeaders }),
    });
    made.push(request);
    const appOrigin = httpsOf(fleet.hosts[app]);
    await signInByHttp(request, appOrigin, person, routes.signIn);
    return {
      username: person.username,
      call: (path, pod) =>
        request.get(appOrigin + path, {
          maxRedirects: 0,
          headers: { accept: 'application/json', 'x-edge-kind': 'api', ...(pod ? { 'x-edge-pin': pod } : {}) },
        }),
    };
  });
  await Promise.all(made.map((request) => request.dispose()));
}
