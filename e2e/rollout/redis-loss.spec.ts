import { expect, test } from '../fixtures/index.ts';
import type { Fleet } from '../../fleet/engines/engine.ts';

test.setTimeout(120_000);

async function redisPod(fleet: Fleet): Promise<string> {
  const [pod] = await fleet.pods('dezky-data');
  expect(pod, 'the Redis pod').toBeDefined();
  return pod?.name ?? '';
}

test.use({ needs: ['kill', 'store'] });

test(
  'while Redis hangs the app answers 503 and not 500, and nobody has to sign in again afterwards',
  { tag: ['@redis-outage-is-500'] },
  async ({ operator, fleet, newPerson }) => {
    await operator.signIn(await newPerson());
    const redis = await redisPod(fleet);
    const statusOf = async () => (await operator.call('/api/me')).status();
    await fleet.kill(redis, 'SIGSTOP');
    try {
      expect(await statusOf(), 'the answer while Redis hangs').toBe(503);
    } finally {
      await fleet.kill(redis, 'SIGCONT');
    }
    await expect.poll(statusOf, { message: 'the session when Redis is back', timeout: 60_000 }).toBe(200);
  },
);

test(
  'when Redis has lost everything people are asked to sign in again: no 500, no loop',
  { tag: ['@gone-session-passes'] },
  async ({ operator, fleet, newPerson, ledger }) => {
    const person = await newPerson();
    await operator.signIn(person);
    await fleet.kill(await redisPod(fleet), 'SIGKILL');
    const ready = async () => (await operator.call('/api/_health/ready')).status();
    await expect.poll(ready, { message: 'readiness with the new Redis', timeout: 60_000 }).toBe(200);
    await expect
      .poll(async () => (await operator.call('/api/me')).status(), { message: 'the API afterwards', timeout: 30_000 })
      .toBe(401);

    await operator.goto('/');
    await expect(operator.page, 'people are asked to sign in').toHaveURL(`${operator.origin}/sign-in`);
    await operator.startSignIn();
    await operator.expectSignedIn();
    expect((await operator.call('/api/me')).status()).toBe(200);

    const rows = await ledger.rows({ service: 'operator' });
    expect(
      rows.filter((row) => row.status === 500),
      'answers of 500',
    ).toEqual([]);
    const logins = rows.filter((row) => row.url.includes('/auth/oidc/login'));
    expect(logins, 'sign-ins: the first and the second').toHaveLength(2);
  },
);
