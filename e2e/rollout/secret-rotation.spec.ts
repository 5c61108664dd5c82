import { randomBytes } from 'node:crypto';
import { expect, test } from '../fixtures/index.ts';
import type { Variant } from '../fixtures/types.ts';
import type { KubeObject, Secret } from '../../fleet/manifests/objects.ts';
import { catalogue } from '../models/app.ts';
import { expireForReal } from '../models/expired-token.ts';
import { twoPods } from '../models/pods.ts';
import { refreshesOf } from '../models/refreshes.ts';

/**
 * Operator as in the middle of a rollout that brings a new session secret: each pod has one of its own. Portal rolls out
 * in a moment.
 */
const variant: Variant = {
  changes: [
    {
      env: [{ deployment: 'operator', name: 'NUXT_OIDC_SESSION_SECRET', value: '$(POD_NAME)-$(POD_NAME)-$(POD_NAME)' }],
      manifests: [
        {
          target: { kind: 'Deployment', name: 'portal' },
          patch: [
            { op: 'replace', path: '/spec/replicas', value: 1 },
            { op: 'remove', path: '/spec/template/spec/containers/0/lifecycle' },
          ],
        },
      ],
    },
  ],
};
test.use({ variant, needs: ['variants', 'rollout', 'store', 'authentik-control'] });
test.setTimeout(60_000);

const secretOf = (manifests: readonly KubeObject[], name: string): string => {
  const secret = manifests.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === 'portal-secrets');
  const value = (secret as Secret | undefined)?.stringData?.[name];
  if (!value) throw new Error(`portal-secrets has no ${name}.`);
  return value;
};

test(
  'while pods have different session secrets, one that cannot open a cookie asks to sign in and leaves it to the other',
  { tag: ['@unreadable-cookie-replaced'] },
  async ({ operator, fleet, newPerson, ledger }) => {
    const [a, b] = await twoPods(fleet, 'operator');
    await operator.pinTo(a);
    await operator.signIn(await newPerson());
    expect((await operator.call('/api/me', { pod: a })).status(), 'on the pod that opened the session').toBe(200);

    expect((await operator.call('/api/me', { pod: b })).status(), 'on the pod with the other secret').toBe(401);
    await operator.pinTo(b);
    await operator.goto('/');
    await expect(operator.page, 'a page of the pod with the other secret').toHaveURL(`${operator.origin}/sign-in`);
    expect((await operator.call('/api/me', { pod: a })).status(), 'afterwards, on the pod that opened it').toBe(200);

    await operator.startSignIn();
    await operator.expectSignedIn();
    expect((await operator.call('/api/me', { pod: b })).status(), 'signed in again, on the other pod').toBe(200);
    expect(await ledger.failures('operator'), 'failures').toEqual([]);
  },
);

test(
  'a new token key asks people to sign in, without a failure, and going back to the old one gives them their session back',
  { tag: ['@unreadable-tokens-are-500'] },
  async ({ portal, fleet, newPerson, manifests }) => {
    const name = 'NUXT_OIDC_TOKEN_KEY';
    await portal.signIn(await newPerson());
    await fleet.rollout('portal', { env: { [name]: randomBytes(32).toString('base64') } });
    try {
      expect((await portal.call('/api/me')).status(), 'the API with the new key').toBe(401);
      const page = catalogue.portal.pages[1];
      await portal.goto(page);
      await expect(portal.page, 'a page with the new key').toHaveURL(
        (url) => url.pathname === '/sign-in' && url.searchParams.get('to') === page,
      );
    } finally {
      await fleet.rollout('portal', { env: { [name]: secretOf(manifests, name) } });
    }
    expect((await portal.call('/api/me')).status(), 'with the old key again').toBe(200);
  },
);

test(
  'a client secret that is new at Authentik first ends no session: tokens are renewed when the app has it too',
  { tag: ['@wrong-client-secret-signs-out'] },
  async ({ portal, fleet, newPerson, manifests, providerSettings, sessionStore, authentik, authentikFailures }) => {
    const name = 'NUXT_OIDC_PROVIDERS_OIDC_CLIENT_SECRET';
    const person = await newPerson();
    const session = await sessionStore.sessionOf(() => portal.signIn(person));
    await sessionStore.expireAccessToken(session);
    const clientSecret = randomBytes(32).toString('base64url');
    await providerSettings('portal', { clientSecret });
    expect((await portal.call('/api/me')).status(), 'with a valid access token').toBe(200);
    expect(await refreshesOf(authentik, { user: person.username }), 'refreshes with the old secret').toEqual([400]);

    await fleet.rollout('portal', { env: { [name]: clientSecret } });
    try {
      expect((await portal.call('/api/me')).status(), 'with the new secret').toBe(200);
      expect(await refreshesOf(authentik, { user: person.username }), 'refreshes').toEqual([400, 200]);
      await expireForReal(portal, { session, sessionStore, failures: authentikFailures });
    } finally {
      await fleet.rollout('portal', { env: { [name]: secretOf(manifests, name) } });
    }
    // Now the app is the one behind, with an access token that is not accepted any more.
    expect((await portal.call('/api/me')).status(), 'with an expired access token').toBe(503);
    await providerSettings('portal', { clientSecret: secretOf(manifests, name) });
    expect((await portal.call('/api/me')).status(), 'when both have the same secret').toBe(200);
  },
);
