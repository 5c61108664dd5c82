import { expect, test } from '../fixtures/index.ts';
import { redisPod, whileRedisHangs } from '../models/redis-outage.ts';
import { recovery, wholeFleet, withoutReadyPod } from '../models/recovery.ts';

test.setTimeout(120_000);

test.use({ needs: ['kill', 'store'] });

test.afterEach(({ fleet, operator, portal }) => wholeFleet(fleet, [operator, portal]));

/** Milliseconds within which there must be a response in any state of Redis; the apps aim at 2000. */
const maxAnswerMs = 5000;

test(
  'while Redis hangs the app soon answers 503 and not 500',
  { tag: ['@redis-outage-is-500', '@redis-without-timeouts'] },
  async ({ operator, fleet, newPerson }) => {
    await operator.signIn(await newPerson());
    await whileRedisHangs(fleet, async () => {
      const answer = await operator.call('/api/me', { timeout: maxAnswerMs }).then(
        (response) => response.status(),
        (error: Error) => error.message,
      );
      expect(answer, 'the answer while Redis hangs').toBe(503);
    });
  },
);

test(
  'when Redis answers again nobody has to sign in',
  { tag: ['@redis-outage-drops-cookie'] },
  async ({ operator, fleet, newPerson }) => {
    await operator.signIn(await newPerson());
    await whileRedisHangs(fleet, async () => {
      const answer = await operator.call('/api/me', { timeout: maxAnswerMs });
      expect(answer.status(), 'the answer while Redis hangs').toBe(503);
    });
    await recovery(() => operator.call('/api/me'), { of: 'the session when Redis is back', allowed: withoutReadyPod });
  },
);

test(
  'while Redis hangs no pod that needs it is Ready',
  { tag: ['@readiness-blind'] },
  async ({ operator, portal, fleet }) => {
    const apps = [operator, portal];
    const readyPods = async () =>
      (await Promise.all(apps.map(({ name }) => fleet.pods(name)))).flat().filter((pod) => pod.ready);
    expect(await readyPods(), 'Ready pods before').toHaveLength(4);
    await whileRedisHangs(fleet, () =>
      expect
        .poll(async () => (await readyPods()).map((pod) => pod.name), {
          message: 'pods that are Ready while Redis hangs',
          timeout: 30_000,
        })
        .toEqual([]),
    );
    // The engine reports Ready; the edge gets the endpoint a moment later.
    for (const app of apps) {
      await recovery(() => app.call('/api/_health/ready'), { of: `${app.name} afterwards`, allowed: withoutReadyPod });
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
    await recovery(() => operator.call('/api/_health/ready'), {
      of: 'readiness with the new Redis',
      allowed: withoutReadyPod,
    });
    await recovery(() => operator.call('/api/me'), {
      of: 'the API with the new Redis',
      until: 401,
      allowed: withoutReadyPod,
    });

    await operator.goto('/');
    await expect(operator.page, 'people are asked to sign in').toHaveURL(`${operator.origin}/sign-in`);
    await operator.startSignIn();
    await operator.expectSignedIn();
    expect((await operator.call('/api/me')).status()).toBe(200);

    const rows = await ledger.rows({ service: 'operator' });
    const logins = rows.filter((row) => row.url.includes('/auth/oidc/login'));
    expect(logins, 'sign-ins: the first and the second').toHaveLength(2);
    expect(
      rows.filter((row) => row.status === 500),
      'answers of 500',
    ).toEqual([]);
  },
);
