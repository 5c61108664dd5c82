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
  const newBrowser = async (): Promise<APIRequestContext> => {
    const request = await playwright.request.newContext({
      ...(proxy && { proxy }),
      ...(extraHTTPHeaders && { extraHTTPHeaders }),
    });
    made.push(request);
    return request;
  };
  await use(async (app, known, browser) => {
    const person = known ?? (await newPerson());
    const request = browser?.request ?? (await newBrowser());
    const origin = httpsOf(fleet.hosts[app]);
    await signInByHttp(request, origin, person, routes.signIn);
    return {
      username: person.username,
      origin,
      request,
      call: (path, pod) =>
        request.get(origin + path, {
          maxRedirects: 0,
          headers: { accept: 'application/json', 'x-edge-kind': 'api', ...(pod ? { 'x-edge-pin': pod } : {}) },
        }),
    };
  });
  await Promise.all(made.map((request) => request.dispose()));
}
