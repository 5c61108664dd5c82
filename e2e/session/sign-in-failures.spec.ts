import { sessionApp } from '../../apps/environment/apps.ts';
import type { Fault } from '../../fixtures/authentik/state/faults.ts';
import { deadline, limit } from '../deadline.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { AuthentikLogin } from '../claims/authentik-login.ts';
import { chainMs } from '../claims/web-app.ts';
import { shows } from '../requirements/requirements.ts';

const appName = layerApp('portal');

/** Failures of Authentik when the browser returns from it. */
const faults: Readonly<Record<string, (username: string) => Fault>> = {
  'the token endpoint answers 503': (username) => ({ tokenStatus: 503, username }),
  'the token endpoint hangs': (username) => ({ tokenDelayMs: 20_000, username }),
  'the keys cannot be read': () => ({ endpoint: 'jwks', status: 503 }),
};

/** Milliseconds from the callback to its answer, which leads to the message. */
const soon = limit(5000);

test.use({ appName, needs: ['store'] });
const page = sessionApp[appName].pages[1];

test.describe(() => {
  test.use({ needs: ['store', 'authentik-control'] });

  for (const [name, fault] of Object.entries(faults)) {
    test(
      `${name} at the callback: an error within 5 s, and the next try ends on the page`,
      {
        tag: name.endsWith('hangs')
          ? ['@sign-in-without-timeout', '@sign-in-fails-silently']
          : ['@sign-in-fails-silently'],
      },
      async ({ app, authentik, newPerson, ledger }) => {
        const person = await newPerson();
        await authentik.setFault(fault(person.username));
        await app.goto(page);
        await app.signInControl.click();
        await new AuthentikLogin(app.page).signIn(person);

        await expect(app.page.getByRole('alert'), 'what the page says after the callback').toHaveText(
          /Authentik.*did not finish it.*try again/,
          { timeout: deadline(15_000) },
        );
        const [answered] = await ledger.rows({ service: appName, path: '/auth/oidc/callback' });
        expect(answered?.ms, 'milliseconds until the callback was answered').toBeLessThan(soon);
        expect(new URL(app.page.url()).pathname, 'where the callback leads').toBe('/sign-in');
        expect((await app.call('/api/me')).status(), 'a session after that').toBe(401);

        await authentik.clearFaults();
        await app.signInControl.click();
        await expect(app.page, 'where the next try ends').toHaveURL(app.origin + page, { timeout: chainMs });
        await expect(app.signOutControl).toBeVisible();
      },
    );
  }

  test(
    'a failed sign-in keeps the session that the browser had',
    { tag: ['@failed-sign-in-ends-session'] },
    async ({ app, authentik, newPerson }) => {
      const person = await newPerson();
      await app.signIn(person);
      await authentik.setFault({ tokenStatus: 503, username: person.username });
      // The user has a session at Authentik, which redirects back immediately.
      await app.goto('/auth/oidc/login');
      await expect(app.page.getByRole('alert'), 'what the second sign-in says').toHaveText(/did not finish it/);
      await authentik.clearFaults();
      expect((await app.call('/api/me')).status(), 'the session that the browser had').toBe(200);
    },
  );

  test(
    'a response of Authentik that arrives after the error creates no session',
    { tag: ['@abandoned-sign-in-creates-session'] },
    async ({ app, authentik, authentikAdmin, newPerson, sessionStore }) => {
      const person = await newPerson();
      await authentik.setFault({ tokenDelayMs: 5000, username: person.username, times: 1 });
      const { next } = await authentik.requests();
      const opened = await sessionStore.sessionsAddedBy(async () => {
        await app.startSignIn();
        await new AuthentikLogin(app.page).signIn(person);
        await expect(app.page.getByRole('alert')).toHaveText(/did not finish it/, { timeout: deadline(15_000) });
        const redeemed = async () =>
          (await authentik.requests({ after: next, user: person.username })).requests.filter(
            ({ grantType, status }) => grantType === 'authorization_code' && status === 200,
          ).length;
        await expect.poll(redeemed, 'codes redeemed for the attempt that was given up').toBe(1);
        expect((await app.call('/api/me')).status(), 'a session of the attempt that was given up').toBe(401);
        await app.signInControl.click();
        await app.expectSignedIn();
        // The token of the first attempt is revoked after its session is removed.
        await expect.poll(() => authentikAdmin.refreshTokensOf(person), 'refresh tokens at Authentik').toBe(1);
      });
      expect(opened, 'sessions in the store after two attempts').toHaveLength(1);
    },
  );

  test(
    'tokens that Authentik issued to another client open no session',
    { tag: ['@tokens-of-another-client-accepted'], annotation: shows('ASVS 10.5.4') },
    async ({ app, newPerson, sessionStore }) => {
      const person = await newPerson(undefined, { claims: { aud: 'another-client' } });
      const left = await sessionStore.addedBy(async () => {
        await app.startSignIn();
        await new AuthentikLogin(app.page).signIn(person);
        await expect(app.page, 'where tokens of another client lead').toHaveURL(/\/sign-in\?.*failed=misconfigured/, {
          timeout: chainMs,
        });
      });
      expect(left, 'sessions that they open').toEqual([]);
    },
  );
});

test(
  'a provider that issues no refresh token: an error instead of a redirect loop',
  { tag: ['@sign-in-without-refresh-token-loops'] },
  async ({ app, newPerson, providerSettings, sessionStore }) => {
    await providerSettings(appName, { scopes: ['openid', 'profile', 'email'] });
    const left = await sessionStore.addedBy(async () => {
      await app.startSignIn();
      await new AuthentikLogin(app.page).signIn(await newPerson());
      await expect(app.page.getByRole('alert'), 'what a sign-in without a refresh token leads to').toHaveText(
        /Authentik and this app are not set up for each other/,
      );
    });
    expect(left, 'sessions that it leaves').toEqual([]);
  },
);

test(
  'a user who cancels at Authentik sees that, and no text from the URL',
  {
    tag: ['@sign-in-error-text-from-url', '@sign-in-without-state'],
  },
  async ({ app }) => {
    const login = await app.context.request.get(`${app.origin}/auth/oidc/login`, { maxRedirects: 0 });
    const state = new URL(login.headers()['location'] ?? '').searchParams.get('state') ?? '';
    expect(state, 'the state of the sign-in under way').not.toBe('');
    const words = 'call-this-number';
    await app.goto(`/auth/oidc/callback?error=access_denied&error_description=${words}&state=${state}`);

    await expect(app.page.getByRole('alert'), 'what a cancelled sign-in leads to').toHaveText(/cancelled/);
    await expect(app.page.locator('body')).not.toContainText(words);
    await expect(app.signInControl).toBeVisible();

    await app.goto(`/sign-in?failed=${words}&error_description=${words}`);
    await expect(app.signInControl).toBeVisible();
    await expect(app.page.locator('body'), 'a page with a reason that is none').not.toContainText(words);
  },
);
