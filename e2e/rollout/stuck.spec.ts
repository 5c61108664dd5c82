import { httpsOf } from '../../fleet/hosts.ts';
import { expect, test } from '../index.ts';
import { startSessionAtEach } from '../models/app.ts';
import { twoPods } from '../claims/two-pods.ts';
import { thenUndo } from '../models/then-undo.ts';

test.use({ needs: ['rollout'] });

test(
  'a rollout that never becomes Ready is reported, and the old pods keep serving',
  { tag: ['@old-pods-removed-first', '@replicas-1', '@settings-not-validated'] },
  async ({ apps, fleet, newPerson }) => {
    const url = httpsOf(fleet.hosts.auth);
    const before = await Promise.all(
      apps.map(async (app) => ({
        app,
        old: await twoPods(fleet, app.name),
        revision: (await fleet.pods(app.name))[0]?.revision ?? '',
      })),
    );
    await startSessionAtEach(apps, await newPerson());
    await thenUndo(
      async () => {
        const rollouts = apps.map(({ name }) =>
          fleet.rollout(name, {
            revision: 'broken',
            // Only the check at startup rejects it, because readiness does not call Authentik.
            env: { NUXT_PUBLIC_AUTH_URL: `${url}/a-path` },
          }),
        );
        const outcomes = await Promise.allSettled(rollouts);
        for (const [index, { app, old }] of before.entries()) {
          expect(outcomes[index], `the rollout of ${app.name}`).toMatchObject({
            status: 'rejected',
            reason: { message: expect.stringMatching(new RegExp(`${app.name}[^]*NUXT_PUBLIC_AUTH_URL`)) },
          });
          const serving = (await fleet.pods(app.name)).filter((pod) => pod.ready).map((pod) => pod.name);
          expect(serving.toSorted(), 'old pods that still serve').toEqual(old.toSorted());
          for (const pod of old) expect((await app.call('/api/me', { pod })).status(), pod).toBe(200);
        }
      },
      async () => {
        await Promise.all(
          before.map(({ app, revision }) => fleet.rollout(app.name, { revision, env: { NUXT_PUBLIC_AUTH_URL: url } })),
        );
      },
    );
    for (const app of apps)
      expect((await app.call('/api/me')).status(), `${app.name} after the corrected rollout`).toBe(200);
  },
);
