import { contract } from '../contract.ts';
import { deadline, limit } from '../deadline.ts';
import { expect, test } from '../index.ts';
import { startSessionAtEach, type App } from '../models/app.ts';
import { sendLogoutToken } from '../models/back-channel.ts';
import { twoPods } from '../claims/two-pods.ts';
import { redisPod, whileRedisHangs } from '../models/pods.ts';
import { recovery, sessionsBack, wholeFleet, withoutReadyPod } from '../models/recovery.ts';
import { shows } from '../requirements/requirements.ts';

test.use({ needs: ['kill', 'store'] });

test.afterEach(({ fleet, apps }) => wholeFleet(fleet, apps));

/** Milliseconds within which there must be a response in any state of Redis; the apps aim at 2000. */
const maxAnswerMs = limit(5000);

/** Nuxt's requests for an error page have it. The page that reports an outage must not wait for Redis again. */
const onErrorPage = { 'x-nuxt-error': 'true' };

/** The status of an API call, or why there is none. */
const answerOrError = (app: App, path: string, headers: Record<string, string>): Promise<number | string> =>
  app.call(path, { timeout: maxAnswerMs, headers }).then(
    (response) => response.status(),
    (error: Error) => error.message,
  );

test(
  'while Redis hangs every app soon responds with 503, not 500',
  { tag: ['@redis-outage-is-500', '@redis-without-timeouts', '@liveness-depends-on-redis'] },
  async ({ apps, fleet, newPerson }) => {
    await startSessionAtEach(apps, await newPerson());
    for (const app of apps)
      expect(await answerOrError(app, '/api/me', onErrorPage), `the API on an error page of ${app.name}`).toBe(200);
    await whileRedisHangs(fleet, async () => {
      const ask = (path: string, headers = {}) => Promise.all(apps.map((app) => answerOrError(app, path, headers)));
      const [answers, sessions, lives] = await Promise.all([
        ask('/api/me'),
        ask('/api/_auth/session', onErrorPage),
        ask('/api/_health/live'),
      ]);
      for (const [index, { name }] of apps.entries()) {
        expect(answers[index], `the answer while Redis hangs, of ${name}`).toBe(503);
        expect(sessions[index], `the session on an error page while Redis hangs, of ${name}`).toBe(401);
        // Otherwise every pod would be restarted.
        expect(lives[index], `whether ${name} is alive while Redis hangs`).toBe(200);
      }
    });
  },
);

test(
  'while Redis hangs a user can sign out of the browser',
  { tag: ['@sign-out-needs-store'] },
  async ({ apps, fleet, newPerson }) => {
    const options = { maxRedirects: 0, timeout: maxAnswerMs };
    await startSessionAtEach(apps, await newPerson());
    await whileRedisHangs(fleet, async () => {
      for (const { context, name, origin } of apps) {
        const answer = await context.request.post(`${origin}/auth/oidc/logout`, { ...options, headers: { origin } });
        const { location, 'x-session-reason': reason } = answer.headers();
        expect([answer.status(), location, reason], `the sign-out of ${name} while Redis hangs`).toEqual([
          303,
          '/signed-out?unfinished',
          'store-unavailable',
        ]);
        const names = (await context.cookies(origin)).map((cookie) => cookie.name);
        expect(names, `cookies of ${name} afterwards`).not.toContain(contract.sessionCookie);
      }
    });
    for (const app of apps) await sessionsBack(fleet, app, 401);
  },
);

test(
  'after Redis recovers nobody has to sign in',
  { tag: ['@redis-outage-removes-cookie'] },
  async ({ apps, fleet, newPerson }) => {
    await startSessionAtEach(apps, await newPerson());
    await whileRedisHangs(fleet, async () => {
      const answers = await Promise.all(apps.map((app) => app.call('/api/me', { timeout: maxAnswerMs })));
      for (const [index, { name }] of apps.entries())
        expect(answers[index]?.status(), `the answer while Redis hangs, of ${name}`).toBe(503);
    });
    for (const app of apps) await sessionsBack(fleet, app);
  },
);

test.describe('when Authentik ends a session', () => {
  test.use({ needs: ['kill', 'store', 'authentik-control'] });

  test(
    'a logout token that arrives while Redis hangs gets a temporary error, and ends the session when it is sent again',
    { tag: ['@redis-without-timeouts', '@logout-token-used-up-too-early'] },
    async ({ apps, authentik, fleet, newPerson, request }) => {
      const person = await newPerson();
      await startSessionAtEach(apps, person);
      const sent = await Promise.all(
        apps.map(async (app) => {
          const [[pod], [token = '']] = await Promise.all([
            twoPods(fleet, app.name),
            authentik.logoutTokens(app.name, person.username),
          ]);
          return { app, pod, send: () => sendLogoutToken(request, app, { token, pod, timeout: maxAnswerMs }) };
        }),
      );
      await whileRedisHangs(fleet, async () => {
        for (const { app, pod, send } of sent) {
          const answer = await send().then(
            (response) => response.json() as Promise<unknown>,
            (error: Error) => error.message,
          );
          expect(answer, `the answer while Redis hangs, of ${app.name} to Authentik`).toEqual({
            error: 'temporarily_unavailable',
            error_description: 'Please try again in a moment.',
          });
          await expect
            .poll(() => fleet.logs(pod), `the log of ${pod}`)
            .toContainEqual(
              expect.stringMatching(/^A back-channel logout failed: We cannot check your sign-in right now/),
            );
        }
      });
      for (const { app, send } of sent) {
        await sessionsBack(fleet, app);
        expect((await send()).status(), `the answer of ${app.name} to Authentik, afterwards`).toBe(200);
        expect((await app.call('/api/me')).status(), `the session of ${app.name}, afterwards`).toBe(401);
      }
    },
  );
});

test(
  'while Redis hangs every pod stays Ready and says so, and one that restarts waits for it',
  { tag: ['@readiness-ignores-redis', '@redis-outage-takes-pods-out'], annotation: shows('store verify connection') },
  async ({ apps, fleet }) => {
    const podsOf = async () => (await Promise.all(apps.map(({ name }) => fleet.pods(name)))).flat();
    const readyPods = async () => (await podsOf()).flatMap(({ name, ready }) => (ready ? [name] : [])).toSorted();
    const [app] = apps as [App, ...App[]];
    const [restarted] = await twoPods(fleet, app.name);
    const before = await readyPods();
    expect(before, 'Ready pods before').toHaveLength(2 * apps.length);
    await whileRedisHangs(fleet, async () => {
      await fleet.kill(restarted, 'SIGKILL');
      const others = before.filter((name) => name !== restarted);
      // A probe takes 3 s at most, and two in a row make a pod unready.
      const end = Date.now() + 12_000;
      await expect
        .poll(async () => [Date.now() > end, ...(await readyPods()).filter((name) => name !== restarted)], {
          message: 'pods that are Ready while Redis hangs',
          timeout: deadline(30_000),
        })
        .toEqual([true, ...others]);
      expect(await readyPods(), `${restarted} is Ready before Redis has answered it`).not.toContain(restarted);
      for (const each of apps) {
        const answer = await each.call('/api/_health/ready', { timeout: maxAnswerMs });
        expect([answer.status(), await answer.json()], `readiness of ${each.name}`).toMatchObject([
          200,
          { ok: true, store: 'down' },
        ]);
      }
    });
    await expect.poll(readyPods, { message: 'Ready pods afterwards', timeout: deadline(60_000) }).toEqual(before);
  },
);

test(
  'a pod logs one line when a Redis outage begins and one when it ends',
  { tag: ['@redis-outage-not-logged'] },
  async ({ apps, fleet, newPerson }) => {
    await startSessionAtEach(apps, await newPerson());
    const logs = await Promise.all(
      apps.map(async (app) => {
        const [pod] = await twoPods(fleet, app.name);
        const said = async () =>
          (await fleet.logs(pod)).filter((line) => /^Session storage: Redis (?:does not )?answer/.test(line));
        const before = (await said()).length;
        const ask = () => app.call('/api/me', { pod, timeout: maxAnswerMs });
        return { pod, ask, since: async () => (await said()).slice(before) };
      }),
    );
    await whileRedisHangs(fleet, async () => {
      // Longer than the apps keep a silent connection (2.4 s), which would otherwise end when Redis is back.
      for (const end = Date.now() + 5_000; Date.now() < end;)
        for (const { pod, ask } of logs) {
          const answers = await Promise.all([ask(), ask(), ask()]);
          const statuses = answers.map((answer) => answer.status());
          expect(statuses, `answers of ${pod} while Redis hangs`).toEqual([503, 503, 503]);
        }
    });
    for (const { pod, ask, since } of logs) {
      await recovery(ask, { of: `the session on ${pod} when Redis is back`, allowed: withoutReadyPod });
      await expect
        .poll(since, { message: `lines of the log of ${pod}`, timeout: deadline(20_000) })
        .toEqual([
          expect.stringMatching(/^Session storage: Redis does not answer: \S/),
          'Session storage: Redis answers again.',
        ]);
    }
  },
);

test(
  'after Redis has lost all data users have to sign in again: no 500, no redirect loop',
  { tag: ['@cookie-without-session-accepted'] },
  async ({ apps, fleet, newPerson, ledger }) => {
    await startSessionAtEach(apps, await newPerson());
    await fleet.kill(await redisPod(fleet), 'SIGKILL');
    for (const app of apps) {
      await recovery(() => app.call('/api/_health/ready'), {
        of: `readiness of ${app.name} with the new Redis`,
        allowed: withoutReadyPod,
      });
      await sessionsBack(fleet, app, 401);

      await app.goto('/');
      await expect(app.page, `people are asked to sign in at ${app.name}`).toHaveURL(
        `${app.origin}/sign-in?failed=ended`,
      );
      await app.startSignIn();
      await app.expectSignedIn();
      expect((await app.call('/api/me')).status(), `GET /api/me of ${app.name}, signed in again`).toBe(200);

      const rows = await ledger.rows({ service: app.name });
      const logins = rows.filter((row) => row.url.includes('/auth/oidc/login'));
      expect(logins, `sign-ins at ${app.name}: the first and the second`).toHaveLength(2);
      const failed = rows.filter((row) => row.status === 500);
      expect(failed, `answers of ${app.name} of 500`).toEqual([]);
    }
  },
);
