import type { Page } from '@playwright/test';
import { appNames, type AppName } from '../../apps/environment/apps.ts';
import { bareName, contract } from '../contract.ts';
import { hopsDuring } from '../matchers/hops.ts';
import { browserAccess, blockWrites, cookieHeader, signIn, stepTimeout } from '../probes/browser.ts';
import { requirePod, test as base } from './fixtures.ts';
import { cookieFaults, cookieOfBrowser, describeCookie } from '../probes/rules/cookies.ts';
import { expectedDiscovery } from '../probes/rules/discovery.ts';
import { signOutFix } from '../probes/rules/end-session.ts';
import { accountIn, variables } from '../probes/target.ts';
import { SmokeClient } from '../probes/client.ts';

/** Calls with the session, each on its own connection. */
const calls = 20;

const test = base.extend<object, { access: Awaited<ReturnType<typeof browserAccess>> }>({
  access: [async ({ client }, use) => use(await browserAccess(client)), { scope: 'worker' }],
  launchOptions: [
    ({ access, launchOptions }, use) =>
      use({ ...launchOptions, args: [...(launchOptions.args ?? []), ...access.arguments] }),
    { scope: 'worker' },
  ],
  contextOptions: ({ access, contextOptions }, use) => use({ ...contextOptions, ...access.context }),
});

// Before any fixture: without an account no browser is needed, and there may be none.
test.skip(
  process.env[variables.target] !== undefined && !accountIn(process.env),
  'only with SMOKE_USERNAME and SMOKE_PASSWORD',
);

for (const app of appNames) {
  test.describe(app, () => {
    test.beforeEach(({ client }) => requirePod(client, app));
    test(
      'a test user signs in, is known to every pod, signs out, and is no longer known',
      { tag: ['@memory-sessions', '@cookie-without-host-prefix'] },
      async ({ account, target, browser, contextOptions, report }) => {
        test.setTimeout(90_000);
        const own = target.urls[app];
        const client = new SmokeClient(target);
        await using context = await browser.newContext(contextOptions);
        await blockWrites(context, target);
        const page = await context.newPage();
        page.setDefaultTimeout(stepTimeout);

        await signIn(page, own, account!);
        const cookie = await cookieHeader(context, own);
        const session = (await context.cookies(own)).find(({ name }) =>
          name.endsWith(bareName(contract.sessionCookie)),
        );
        const known = await callMe(client, app, cookie);
        const hops = await signOut(page, own);
        const replayed = await callMe(client, app, cookie);

        const endSession = hops.map(({ url }) => url).find(({ pathname }) => pathname.endsWith('/end-session/'));
        const wanted = expectedDiscovery(target.urls.auth, app).end_session_endpoint;
        const there = endSession ? endSession.origin + endSession.pathname : 'none';
        report({
          saw: `signed in: ${known.summary} with ${session ? describeCookie(cookieOfBrowser(session)) : 'no session cookie'}; signed out by ${there}; old cookie: ${replayed.summary}`,
          faults: [
            ...(session ? cookieFaults(cookieOfBrowser(session)) : [`Signing in to ${app} sets no session cookie.`]),
            ...(known.answers.every(({ status }) => status === 200)
              ? []
              : [
                  `After signing in to ${app}, /api/me answered ${known.summary}: is the session in Redis, and are the secrets the same on every pod?`,
                ]),
            ...(known.pods.size >= target.pods
              ? []
              : [
                  `Unproven: ${known.pods.size} of ${target.pods} pods of ${app} answered ${calls} calls with the session: look at sticky sessions in the ingress.`,
                ]),
            ...(there === wanted
              ? []
              : [
                  `Signing out of ${app} went to the end-session address ${there}, not to ${wanted}: ${signOutFix(app)}.`,
                ]),
            ...(endSession?.searchParams.has('id_token_hint') === false
              ? [`Signing out of ${app} sent no id_token_hint, so Authentik does not send people back.`]
              : []),
            ...(page.url() === `${own}/signed-out`
              ? []
              : [
                  `Signing out of ${app} ended at ${page.url().split('?')[0]}: register ${own}/signed-out as a logout redirect URI of its provider.`,
                ]),
            ...(replayed.answers.every(({ status }) => status === 401)
              ? []
              : [
                  `After signing out of ${app} the old cookie was answered with ${replayed.summary}: signing out does not remove the session.`,
                ]),
          ],
        });
      },
    );
  });
}

async function signOut(page: Page, own: string) {
  return hopsDuring(page, async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    // The final address is part of the finding.
    await page.waitForURL(`${own}/signed-out`).catch(() => {});
  });
}

async function callMe(client: SmokeClient, app: AppName, cookie: string) {
  const answers: Array<{ status: number; pod: string }> = [];
  for (let call = 0; call < calls; call += 1) {
    const { status, headers } = await client.get(app, '/api/me', { headers: { cookie } });
    answers.push({ status, pod: String(headers['x-served-by'] ?? '') });
  }
  const groups = Map.groupBy(answers, ({ status, pod }) => `${status} from ${pod || 'an unnamed pod'}`);
  return {
    answers,
    pods: new Set(answers.map(({ pod }) => pod).filter(Boolean)),
    summary: [...groups].map(([what, its]) => `${its.length} x ${what}`).join(', '),
  };
}
