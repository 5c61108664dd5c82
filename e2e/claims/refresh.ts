import { parseSetCookie } from 'cookie-es';
import type { AuthentikControl } from '../../fixtures/authentik/control/client.ts';
import { deadline } from '../deadline.ts';
import { answerOf } from '../matchers/answers.ts';
import { expect } from '../matchers/index.ts';
import { doesNotApply, openSession, type ClaimFixtures } from './claim.ts';
import type { WebApp, WebAppDescription } from './web-app.ts';

/** Lifetime of access tokens. An app may renew them earlier. */
const tokenSeconds = 5;
const callsAtOnce = 20;
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

const expiry = (since: number) =>
  expect
    .poll(() => Date.now() - since, { message: 'milliseconds since the tokens were issued', timeout: deadline(30_000) })
    .toBeGreaterThan((tokenSeconds + 1) * 1000);

/** The cookies that a response sets, for a browser that receives it later. */
function cookiesIn(response: Awaited<ReturnType<WebApp['call']>>, origin: string) {
  const lines = response.headersArray().filter(({ name }) => name.toLowerCase() === 'set-cookie');
  return lines.flatMap(({ value }) => {
    const cookie = parseSetCookie(value);
    return cookie ? [{ name: cookie.name, value: cookie.value, url: origin }] : [];
  });
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
      const early = cookiesIn(await app.call(calls[0]), app.origin);
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
      expect(answers).toAllSucceed();
      for (const pod of pods)
        expect((await app.call(calls[0], { pod })).status(), `a call to ${pod} afterwards`).toBe(200);

      // It was sent before the expiry, and comes after the renewal.
      await app.context.addCookies(early);
      for (const pod of pods)
        expect((await app.call(calls[0], { pod })).status(), `a call to ${pod} after a late response`).toBe(200);
    },

    /** The token endpoint answers 503 for five seconds when tokens expire: nobody is out afterwards. */
    outage: async ({ app, fleet, newPerson, providerSettings, authentik }: ClaimFixtures) => {
      const { person, issuedAt, cursor } = await started({ app, fleet, newPerson, providerSettings, authentik });
      await expiry(issuedAt);
      await authentik.setFault({ username: person.username, tokenStatus: 503 });
      const until = Date.now() + outageMs;
      await expect
        .poll(async () => (await app.call(calls[0]), Date.now()), {
          message: 'calls in the outage',
          timeout: deadline(30_000),
        })
        .toBeGreaterThan(until);
      const renewals = await renewalsSince(authentik, cursor);
      await authentik.clearFaults(person.username);
      if (renewals === 0 && (await app.call(calls[0])).status() === 200) return doesNotApply(noRenewal);
      const answers: number[] = [];
      const answer = async () => {
        answers.push((await app.call(calls[0])).status());
        return answers.at(-1);
      };
      // An app may pause before it renews again, and says so with a 5xx.
      await expect.poll(answer, { message: `GET ${calls[0]} after the outage`, timeout: recoveryMs }).toBeLessThan(500);
      expect(answers.at(-1), `the first answer after the outage to GET ${calls[0]} that is no 5xx`).toBe(200);
    },
  };
};
