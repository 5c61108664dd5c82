import { parseSetCookie } from 'cookie-es';
import type { AuthentikControl } from '../../fixtures/authentik/control/client.ts';
import { deadline } from '../deadline.ts';
import { answerOf, describeAnswer, type Answer } from '../matchers/answers.ts';
import { expect } from '../matchers/index.ts';
import { doesNotApply, openSession, type ClaimFixtures } from './claim.ts';
import type { WebApp, WebAppDescription } from './web-app.ts';

/** Lifetime of access tokens. An app may renew them earlier. */
const tokenSeconds = 5;
const callsAtOnce = 20;
/** How long after a renewal a response from before it comes; the renewed tokens are still valid. */
const lateMs = 3_000;
const tokenDelayMs = 1000;
const outageMs = 5_000;
/** An app may pause between two attempts to renew. */
const recoveryMs = deadline(20_000);

const noRenewal = `the app renewed no token within ${tokenSeconds} s of its expiry: it does not use refresh tokens, or not for these calls`;

/** How often the app has asked to renew tokens since a cursor. */
async function renewalsSince(authentik: AuthentikControl, after: number): Promise<number> {
  const { requests } = await authentik.requests({ after });
  return requests.filter(
    ({ grantType, path }) => path.startsWith('/application/o/token/') && grantType === 'refresh_token',
  ).length;
}

const elapsed = (since: number, milliseconds: number, what: string) =>
  expect
    .poll(() => Date.now() - since, { message: `milliseconds since ${what}`, timeout: deadline(30_000) })
    .toBeGreaterThan(milliseconds);

const expiry = (since: number) => elapsed(since, (tokenSeconds + 1) * 1000, 'the tokens were issued');

/** The cookies that a response sets, for a browser that receives it later (RFC 6265 section 5.3). */
function cookiesIn(response: Awaited<ReturnType<WebApp['call']>>) {
  const url = new URL(response.url());
  const directory = url.pathname.slice(0, url.pathname.lastIndexOf('/')) || '/';
  const lines = response.headersArray().filter(({ name }) => name.toLowerCase() === 'set-cookie');
  return lines.flatMap(({ value: line }) => {
    const cookie = parseSetCookie(line, { decode: false });
    if (!cookie) return [];
    const { name, value, domain, path = directory, secure = false, httpOnly = false, maxAge, expires } = cookie;
    const place = { name, path, domain: domain ? `.${domain.replace(/^\./, '')}` : url.hostname };
    const end = maxAge === undefined ? expires?.getTime() : Date.now() + maxAge * 1000;
    return [{ ...place, value, secure, httpOnly, expires: end === undefined ? -1 : Math.floor(end / 1000) }];
  });
}

/** The browser receives a response after others that were sent later. */
async function receiveLate({ context }: WebApp, cookies: ReturnType<typeof cookiesIn>): Promise<void> {
  const isRemoved = ({ expires }: { expires: number }) => expires !== -1 && expires * 1000 <= Date.now();
  for (const { name, domain, path } of cookies.filter(isRemoved)) await context.clearCookies({ name, domain, path });
  await context.addCookies(cookies.filter((cookie) => !isRemoved(cookie)));
}

/** What happens when access tokens expire. */
export const refresh = ({ name, calls }: WebAppDescription) => {
  type Needed = Pick<ClaimFixtures, 'app' | 'fleet' | 'newPerson' | 'providerSettings' | 'authentik'>;
  const started = async ({ app, fleet, newPerson, providerSettings, authentik }: Needed) => {
    // Each refresh token can be used once.
    await providerSettings(name, { accessTokenSeconds: tokenSeconds, refreshThresholdSeconds: 0 });
    const issuedAt = Date.now();
    const { person, pods } = await openSession({ app, fleet, newPerson });
    return { person, pods, issuedAt, cursor: (await authentik.requests()).next };
  };

  return {
    /** Parallel calls at expiry, with refresh tokens for single use, and then a response that is late: nobody is out. */
    parallel: async ({ app, fleet, newPerson, providerSettings, authentik }: ClaimFixtures) => {
      const { person, pods, issuedAt, cursor } = await started({ app, fleet, newPerson, providerSettings, authentik });
      const early = cookiesIn(await app.call(calls[0]));
      // Slow enough that all calls arrive while the first renewal is in progress.
      await authentik.setFault({ username: person.username, oneRefreshWins: true, tokenDelayMs });
      await expiry(issuedAt);

      const responses = await Promise.all(
        Array.from({ length: callsAtOnce }, (_, index) =>
          // An app may renew for each of them, one after the other.
          app.call(calls[index % calls.length] ?? calls[0], { timeout: deadline(callsAtOnce * tokenDelayMs + 10_000) }),
        ),
      );
      const answers = await Promise.all(responses.map((response) => answerOf(response)));
      if ((await renewalsSince(authentik, cursor)) === 0 && answers.every(({ status }) => status === 200))
        return doesNotApply(noRenewal);
      const renewedAt = Date.now();
      expect(answers).toAllSucceed();
      for (const pod of pods)
        expect((await app.call(calls[0], { pod })).status(), `a call to ${pod} afterwards`).toBe(200);

      // The browser of an app that sets no cookie in a call may still have what it had before the renewal.
      await elapsed(renewedAt, lateMs, 'the tokens were renewed');
      const late = early.length > 0 ? ', with the cookies of a response from before it that came late' : '';
      for (const pod of pods) {
        // Each time, because the call to the other pod may have renewed the cookie.
        await receiveLate(app, early);
        const { status, message } = await answerOf(await app.call(calls[0], { pod }));
        expect(
          status === 200,
          `${lateMs / 1000} s after the renewal${late}, GET ${calls[0]} was answered ${status} by ${pod} ${message}`.trim(),
        ).toBe(true);
      }
    },

    /** The token endpoint answers 503 for five seconds when tokens expire: nobody is out afterwards. */
    outage: async ({ app, fleet, newPerson, providerSettings, authentik }: ClaimFixtures) => {
      const { person, pods, issuedAt, cursor } = await started({ app, fleet, newPerson, providerSettings, authentik });
      await expiry(issuedAt);
      await authentik.setFault({ username: person.username, tokenStatus: 503 });
      const until = Date.now() + outageMs;
      const inOutage: Answer[] = [];
      const callInOutage = async () => {
        inOutage.push(await answerOf(await app.call(calls[0])));
        return Date.now();
      };
      await expect
        .poll(callInOutage, { message: 'calls in the outage', timeout: deadline(30_000) })
        .toBeGreaterThan(until);
      // The edge says that a pod has sent no response.
      const crashed = inOutage.find(({ error }) => error);
      expect(
        crashed === undefined,
        `the app ends when it cannot renew tokens: GET ${calls[0]} in the outage was answered ${crashed && describeAnswer(crashed)}`,
      ).toBe(true);
      const renewals = await renewalsSince(authentik, cursor);
      await authentik.clearFaults(person.username);
      if (renewals === 0 && (await app.call(calls[0])).status() === 200) return doesNotApply(noRenewal);
      for (const pod of pods) {
        const answers: number[] = [];
        const answer = async () => {
          answers.push((await app.call(calls[0], { pod })).status());
          return answers.at(-1);
        };
        // An app may pause before it renews again, and says so with a 5xx.
        await expect
          .poll(answer, { message: `GET ${calls[0]} after the outage, by ${pod}`, timeout: recoveryMs })
          .toBeLessThan(500);
        expect(answers.at(-1), `the first answer after the outage to GET ${calls[0]} that is no 5xx, by ${pod}`).toBe(
          200,
        );
      }
    },
  };
};
