import { randomBytes } from 'node:crypto';
import { sessionApp, type AppName } from '../../apps/environment/apps.ts';
import type { KubeObject, Secret } from '../../fleet/manifests/objects.ts';
import { deadline } from '../deadline.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { expireForReal, refreshesOf } from '../models/refreshes.ts';
import { recovery } from '../models/recovery.ts';
import { thenUndo } from '../models/then-undo.ts';

const appName = layerApp('portal');

test.use({ appName, needs: ['rollout', 'store'] });

const secretOf = (manifests: readonly KubeObject[], app: AppName, name: string): string => {
  const secret = manifests.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === `${app}-secrets`);
  const value = (secret as Secret | undefined)?.stringData?.[name];
  if (!value) throw new Error(`${app}-secrets has no ${name}.`);
  return value;
};

test(
  'a new token key makes users sign in, without an error, and a rollback restores their sessions',
  { tag: ['@unreadable-tokens-are-500'] },
  async ({ app, fleet, newPerson, manifests }) => {
    const name = 'NUXT_OIDC_TOKEN_KEY';
    await app.startSession(await newPerson());
    await fleet.rollout(appName, { env: { [name]: randomBytes(32).toString('base64') } });
    await thenUndo(
      async () => {
        expect((await app.call('/api/me')).status(), 'the API with the new key').toBe(401);
        const page = sessionApp[appName].pages[1];
        await app.goto(page);
        await expect(app.page, 'a page with the new key').toHaveURL(
          (url) => url.pathname === '/sign-in' && url.searchParams.get('to') === page,
        );
      },
      async () => {
        await fleet.rollout(appName, { env: { [name]: secretOf(manifests, appName, name) } });
      },
    );
    expect((await app.call('/api/me')).status(), 'with the old key again').toBe(200);
  },
);

test.describe(() => {
  test.use({ needs: ['rollout', 'store', 'authentik-control'] });

  test(
    'a client secret that is rotated at Authentik first ends no session: tokens are refreshed once the app has it too',
    { tag: ['@wrong-client-secret-signs-out'] },
    async ({ app, fleet, newPerson, manifests, providerSettings, sessionStore, authentik }) => {
      const name = 'NUXT_OIDC_PROVIDERS_OIDC_CLIENT_SECRET';
      const person = await newPerson();
      const session = await sessionStore.sessionOf(() => app.startSession(person));
      await sessionStore.expireAccessToken(session);
      const clientSecret = randomBytes(32).toString('base64url');
      await providerSettings(appName, { clientSecret });
      expect((await app.call('/api/me')).status(), 'with a valid access token').toBe(200);
      expect(await refreshesOf(authentik, { user: person.username }), 'refreshes with the old secret').toEqual([400]);

      await fleet.rollout(appName, { env: { [name]: clientSecret } });
      await thenUndo(
        async () => {
          expect((await app.call('/api/me')).status(), 'with the new secret').toBe(200);
          expect(await refreshesOf(authentik, { user: person.username }), 'refreshes').toEqual([400, 200]);
          await expireForReal(app, { session, sessionStore, authentik });
        },
        async () => {
          await fleet.rollout(appName, { env: { [name]: secretOf(manifests, appName, name) } });
        },
      );
      // Now the app is the one behind, with an access token that is no longer accepted.
      expect((await app.call('/api/me')).status(), 'with an expired access token').toBe(503);
      await providerSettings(appName, { clientSecret: secretOf(manifests, appName, name) });
      // The pod that answered remembers the failure for 2 s.
      await recovery(() => app.call('/api/me'), {
        of: 'when both have the same secret',
        allowed: ['503 app'],
        timeout: deadline(10_000),
      });
    },
  );
});
