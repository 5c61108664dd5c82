import { expect, test } from '../fixtures/index.ts';
import type { SourceChange } from '../../fleet/manifests/change.ts';
import { App } from '../models/app.ts';

test.use({
  needs: ['rollout', 'builds', 'store'],
  // A part of a page of the old build that the new one does not have. One pattern: of two Playwright makes a value and its options.
  expectedConsole: [/status of 404.*\/_nuxt\/.* on |Failed to fetch dynamically imported module/],
});
// Two rollouts, and a build the first time.
test.setTimeout(180_000);

const lede = {
  now: 'Organisations that are served by this installation.',
  next: 'Organisations of this installation.',
};
/** A build that differs from the current one for browser and server, but in nothing else that is visible. */
const nextBuild: SourceChange = {
  file: 'apps/operator/app/pages/tenants.vue',
  find: lede.now,
  replace: lede.next,
};

/** A browser that loads nothing ahead: with it, the parts of a page are asked for when its link is followed. */
const savesData = `Object.defineProperty(navigator, 'connection', { value: { saveData: true } })`;

test(
  'a release and the way back: each build goes on with the sessions and the open pages of the other',
  { tag: ['@sessions-per-build', '@chunk-errors-ignored'] },
  async ({ operator, fleet, edge, clientId, newPerson, newProfile, steadyTraffic, ledger }) => {
    const before = (await fleet.pods('operator'))[0]?.revision ?? '';
    await operator.page.addInitScript({ content: savesData });
    await operator.signIn(await newPerson());
    const url = `${operator.origin}/api/me`;
    const traffic = steadyTraffic({ url, cookie: await operator.cookieHeader(), rate: 25, connection: 'close' });
    await traffic.more(10);
    try {
      await fleet.rollout('operator', { sources: [nextBuild], revision: 'next' });
      // The page is one of the old build; what it now needs, no pod has any more.
      await operator.page.getByRole('link', { name: 'All tenants' }).click();
      await expect(operator.page, 'where the link of the old build leads').toHaveURL(`${operator.origin}/tenants`);
      await expect(operator.page.getByText(lede.next), 'the page of the new build').toBeVisible();

      const another = new App('operator', await (await newProfile()).newPage(), fleet.hosts, edge, clientId);
      await another.signIn(await newPerson());
      const cookie = await another.cookieHeader();
      const second = steadyTraffic({ url, cookie, rate: 25, connection: 'close' });
      await second.more(10);
      await fleet.rollout('operator', { sources: [], revision: before });
      await second.more(25);
      expect(await second.stop(), 'the session that the new build opened').toAllSucceed();
      await another.goto('/tenants');
      await expect(another.page.getByText(lede.now), 'the page of the old build').toBeVisible();
    } finally {
      if ((await fleet.pods('operator')).some(({ revision }) => revision !== before))
        await fleet.rollout('operator', { sources: [], revision: before });
    }
    const samples = await traffic.stop();
    expect(samples, 'the session that the old build opened').toAllSucceed();
    expect(new Set(samples.map(({ revision }) => revision)), 'builds that answered').toEqual(new Set([before, 'next']));
    expect(await ledger.rows({ service: 'operator', path: '/auth/oidc/login' }), 'sign-ins').toHaveLength(2);
  },
);
