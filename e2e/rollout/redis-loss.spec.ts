import { expect, test } from '../fixtures/index.ts';
import type { Fleet } from '../../fleet/engines/engine.ts';

test.setTimeout(120_000);

async function redisPod(fleet: Fleet): Promise<string> {
  const [pod] = await fleet.pods('dezky-data');
  expect(pod, 'the Redis pod').toBeDefined();
  return pod?.name ?? '';
}

test.use({ needs: ['kill', 'store'] });

/** Runs `work` while Redis hangs; afterwards waits until both apps are whole again, for the tests to come. */
async function whileRedisHangs(fleet: Fleet, work: () => Promise<void>): Promise<void> {
  const redis = await redisPod(fleet);
  await fleet.kill(redis, 'SIGSTOP');
  try {
    await work();
  } finally {
    await fleet.kill(redis, 'SIGCONT');
    await expect
      .poll(async () => (await fleet.pods()).filter((pod) => !pod.ready).map((pod) => pod.name), {
        message: 'pods that are not Ready when Redis is back',
        timeout: 60_000,
      })
      .toEqual([]);
  }
}

/** Milliseconds within which there must be an answer, whatever Redis does; the apps mean to need 2000. */
const patience = 5000;

test(
  'while Redis hangs the app soon answers 503 and not 500, and nobody has to sign in again afterwards',
  { tag: ['@redis-outage-is-500', '@redis-without-timeouts'] },
  async ({ operator, fleet, newPerson }) => {
    await operator.signIn(await newPerson());
    await whileRedisHangs(fleet, async () => {
      const answer = await operator.call('/api/me', { timeout: patience }).then(
        (response) => response.status(),
        (error: Error) => error.message,
      );
      expect(answer, 'the answer while Redis hangs').toBe(503);
    });
    await expect
      .poll(async () => (await operator.call('/api/me')).status(), {
        message: 'the session when Redis is back',
        timeout: 60_000,
      })
      .toBe(200);
  },
);

test(
  'while Redis hangs no pod that needs it is Ready',
  { tag: ['@readiness-blind'] },
  async ({ operator, portal, fleet }) => {
    const needing = new Set<string>([operator.name, portal.name]);
    const ready = async () => (await fleet.pods()).filter((pod) => pod.ready && needing.has(pod.deployment));
    await whileRedisHangs(fleet, () =>
      expect
        .poll(async () => (await ready()).map((pod) => pod.name), {
          message: 'pods that are Ready while Redis hangs',
          timeout: 30_000,
        })
        .toEqual([]),
    );
    // Ready is what the engine says; the edge hears of it a moment later.
    for (const app of [operator, portal]) {
      await expect
        .poll(async () => (await app.call('/api/_health/ready')).status(), { message: `${app.name} afterwards` })
        .toBe(200);
    }
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
