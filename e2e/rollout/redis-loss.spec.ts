import { deadline, limit } from '../deadline.ts';
import { expect, test } from '../index.ts';
import { startSessionAtEach, type App } from '../models/app.ts';
import { twoPods } from '../claims/two-pods.ts';
import { whileRedisHangs } from '../models/pods.ts';
import { recovery, wholeFleet, withoutReadyPod } from '../models/recovery.ts';
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
  'a pod logs that it keeps sessions in Redis, and one line when an outage of Redis begins and one when it ends',
  { tag: ['@redis-outage-not-logged', '@storage-not-named'] },
  async ({ apps, fleet, newPerson }) => {
    await startSessionAtEach(apps, await newPerson());
    const logs = await Promise.all(
      apps.map(async (app) => {
        const [pod] = await twoPods(fleet, app.name);
        const kept = (await fleet.logs(pod)).filter((line) => /^Session storage: (?!Redis )/.test(line));
        expect(new Set(kept), `where ${pod} keeps sessions, by its log`).toEqual(new Set(['Session storage: redis.']));
        const said = async () =>
          (await fleet.logs(pod)).filter((line) => /^Session storage: Redis (?:does not )?answer/.test(line));
        // The line about the end of an earlier outage may not be in the log yet.
        await app.call('/api/me', { pod });
        const last = async () => (await said()).at(-1) ?? 'it answers again';
        await expect.poll(last, { message: `the last line of ${pod}`, timeout: deadline(10_000) }).toContain('again');
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
