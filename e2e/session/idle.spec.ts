import { expect, test } from '../fixtures/index.ts';
import { twoPods } from '../models/pods.ts';

const hour = 60 * 60;
const sentence = 'You were signed out because you were away for too long. Please sign in again.';

test.use({ needs: ['store'] });

test(
  'a session of operator that was idle for 13 hours is over on every pod',
  { tag: ['@operator-never-idle'] },
  async ({ operator, fleet, newPerson, sessionStore }) => {
    const [first, second] = await twoPods(fleet, 'operator');
    const session = await sessionStore.sessionOf(async () => operator.signIn(await newPerson()));
    await sessionStore.age(session, 13 * hour);

    for (const pod of [first, second]) {
      const answer = await operator.call('/api/me', { pod });
      expect(answer.status(), `GET /api/me on ${pod} after 13 idle hours`).toBe(401);
    }
    const keys = await sessionStore.keyNames();
    expect(keys, 'the idle session in Redis').not.toContain(session.key);
  },
);

test(
  'a page of operator after 13 idle hours is the sign-in page, with a sentence why',
  { tag: ['@operator-never-idle'] },
  async ({ operator, newPerson, sessionStore }) => {
    const session = await sessionStore.sessionOf(async () => operator.signIn(await newPerson()));
    await sessionStore.age(session, 13 * hour);
    await operator.goto('/tenants');
    await expect(operator.page, 'where a page leads after 13 idle hours').toHaveURL(
      /^https:\/\/operator\.[^/]+\/sign-in\?failed=idle&to=(?:\/|%2F)tenants$/,
    );
    await expect(operator.page.getByRole('alert')).toHaveText(sentence);
  },
);

test.describe('in an open page', () => {
  // Chromium writes down the refusal that the click meets.
  test.use({ expectedConsole: [/status of 401 .*\/api\//] });

  test(
    'a click in a page of operator that was left open for 13 hours leads to the sign-in page, with a sentence why',
    { tag: ['@operator-never-idle'] },
    async ({ operator, newPerson, sessionStore }) => {
      const session = await sessionStore.sessionOf(async () => operator.signIn(await newPerson()));
      await sessionStore.age(session, 13 * hour);
      await operator.page.getByRole('link', { name: 'Users', exact: true }).click();
      await expect(operator.page, 'where a click leads after 13 idle hours').toHaveURL(
        /^https:\/\/operator\.[^/]+\/sign-in\?failed=idle&to=(?:\/|%2F)users$/,
      );
      await expect(operator.page.getByRole('alert')).toHaveText(sentence);
    },
  );
});

test(
  'a session of operator that was idle for 11 hours goes on',
  { tag: ['@operator-idle-too-soon'] },
  async ({ operator, newPerson, sessionStore }) => {
    const session = await sessionStore.sessionOf(async () => operator.signIn(await newPerson()));
    await sessionStore.age(session, 11 * hour);
    expect((await operator.call('/api/me')).status(), 'GET /api/me after 11 idle hours').toBe(200);
  },
);

test(
  'a session of the portal has no limit below its 14 days',
  { tag: ['@portal-idle-limit'] },
  async ({ portal, newPerson, sessionStore }) => {
    const session = await sessionStore.sessionOf(async () => portal.signIn(await newPerson()));
    await sessionStore.age(session, 13 * 24 * hour);
    expect((await portal.call('/api/me')).status(), 'GET /api/me after 13 idle days').toBe(200);
  },
);
