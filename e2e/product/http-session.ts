import { httpsOf } from '../../fleet/hosts.ts';
import { apiHeaders } from '../claims/web-app.ts';
import { signInByHttp } from '../claims/sign-in-by-http.ts';
import { routes } from '../contract.ts';
import type { ProductFixtures as Fixtures, UseProduct as Use } from './types.ts';

export async function newRequests(
  { playwright, proxy, extraHTTPHeaders }: Fixtures,
  use: Use<'newRequests'>,
): Promise<void> {
  await using made = new AsyncDisposableStack();
  const options = { ...(proxy && { proxy }), ...(extraHTTPHeaders && { extraHTTPHeaders }) };
  await use(async () => made.use(await playwright.request.newContext(options)));
}

export const newHttpSession = (
  { fleet, newPerson, newRequests: newContext }: Fixtures,
  use: Use<'newHttpSession'>,
): Promise<void> =>
  use(async (app, known, browser) => {
    const [person, request] = [known ?? (await newPerson()), browser?.request ?? (await newContext())];
    const origin = httpsOf(fleet.hosts[app]);
    await signInByHttp(request, origin, person, routes.signIn);
    return {
      username: person.username,
      origin,
      request,
      call: (path, pod) => request.get(origin + path, { maxRedirects: 0, headers: apiHeaders(pod) }),
      cookieHeader: async () => {
        const { cookies } = await request.storageState();
        const own = cookies.filter(({ domain }) => domain === fleet.hosts[app]);
        return own.map(({ name, value }) => `${name}=${value}`).join('; ');
      },
    };
  });
