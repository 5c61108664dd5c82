import { request as send } from 'undici';
import { expect, test } from '../index.ts';
import { groups } from '../../fixtures/people.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { limit } from '../deadline.ts';
import { twoPods } from '../claims/two-pods.ts';
import { shows } from '../requirements/requirements.ts';

test.use({ needs: ['services', 'authentik-control'], appName: 'operator' });

/** The claims of an access token that a logout token lacks. */
const claimsOfPerson = { preferred_username: 'somebody', groups: [] };

test(
  'platform-api says why it rejects a request, and accepts only access tokens',
  {
    tag: ['@any-token-is-access-token', '@audience-not-checked'],
    annotation: shows('ASVS 10.3.1', 'RFC 9700 2.3 audience'),
  },
  async ({ app, authentik, fleet, newPerson }) => {
    const person = await newPerson();
    await app.startSession(person);
    expect(await answerOf(fleet, undefined), 'the answer to a request without a token').toEqual({
      status: 401,
      challenge: 'Bearer',
      error: 'missing_token',
      message: 'This route needs an access token in the Authorization header, as Bearer.',
    });
    expect(await answerOf(fleet, 'garbage'), 'the answer to a token that is none').toEqual({
      status: 401,
      challenge: 'Bearer error="invalid_token", error_description="The access token is not a JWT."',
      error: 'invalid_token',
      message: 'The access token is not a JWT.',
    });

    const [logoutToken = ''] = await authentik.logoutTokens(app.name, person.username, { claims: claimsOfPerson });
    const { status, error } = await answerOf(fleet, logoutToken);
    expect(`${status} ${error}`, 'the answer to a logout token').toBe('401 invalid_token');

    // With these claims it cannot be told from an access token.
    const access = { ...claimsOfPerson, azp: app.name };
    for (const aud of ['portal', ['portal'], ['another', 'portal']]) {
      const [foreign] = await authentik.logoutTokens(app.name, person.username, { claims: { ...access, aud } });
      const answer = await answerOf(fleet, foreign);
      expect(`${answer.status} ${answer.error}`, `the answer to a token for ${aud}`).toBe('401 invalid_token');
    }
    const [own] = await authentik.logoutTokens(app.name, person.username, { claims: access });
    expect((await answerOf(fleet, own)).status, 'the answer to a token for operator').toBe(200);
  },
);

test(
  'while the key set of Authentik cannot be fetched platform-api responds with a temporary error',
  { tag: ['@jwks-outage-refuses-tokens'] },
  async ({ app, authentik, fleet, newPerson }) => {
    const person = await newPerson();
    await app.startSession(person);
    await authentik.setFault({ endpoint: 'jwks', status: 503 });
    await authentik.rotateKeys({ keepOld: false });
    const [token = ''] = await authentik.logoutTokens(app.name, person.username);
    // A platform-api that has just fetched the key set does not fetch it again within a second.
    await expect
      .poll(() => answerOf(fleet, token), { message: 'the answer to a token of a new key', timeout: limit(5000) })
      .toEqual({
        status: 503,
        error: 'issuer_unavailable',
        message: expect.stringMatching(/^The keys of https:\S+ cannot be read, so no token can be checked;/),
      });
  },
);

test(
  'platform-api requests lists from Authentik only for operators',
  {
    tag: ['@users-listed-for-anyone', '@forbidden-call-logs-token', '@calls-logged-with-email'],
    annotation: shows('ASVS 10.3.2', 'RFC 9700 2.3 actions'),
  },
  async ({ app, authentik, fleet, newProfile, newPerson }) => {
    const [device, customer, operator] = [
      await app.inProfile(await newProfile()),
      await newPerson([groups.customers]),
      await newPerson(),
    ];
    await device.startSession(customer);
    await app.startSession(operator);
    const { next: after } = await authentik.requests();
    for (const path of ['/api/tenants', '/api/users'])
      expect((await device.call(path)).status(), `GET ${path} of a customer`).toBe(403);
    expect((await answerOf(fleet, undefined, '/v1/users')).status, 'users for a stranger').toBe(401);
    // Authentik has answered what was asked before this.
    expect((await app.call('/api/users')).status(), 'users for an operator').toBe(200);
    const { requests } = await authentik.requests({ after });
    const lists = requests.filter(({ path }) => path.startsWith('/api/v3/core/')).map(({ path }) => path);
    expect(lists, 'lists that Authentik was asked for').toEqual(['/api/v3/core/users/']);
  },
);

test(
  'the id of a request that fails is in the response, and in the logs of the app and of platform-api',
  { tag: ['@request-id-lost'] },
  async ({ app, authentik, fleet, newPerson }) => {
    await app.startSession(await newPerson());
    await authentik.setFault({ endpoint: 'admin', status: 503 });
    const [pod] = await twoPods(fleet, app.name);
    const id = `of-a-user-${Date.now()}`;
    const response = await app.call('/api/users', { pod, headers: { 'x-request-id': id } });
    await authentik.clearFaults();
    expect([response.status(), response.headers()['x-request-id']]).toEqual([502, id]);
    const logs = {
      'the log of the app': [pod],
      'the logs of platform-api': await twoPods(fleet, 'platform-api'),
    };
    for (const [what, names] of Object.entries(logs))
      await expect
        .poll(() => Promise.all(names.map(async (name) => (await fleet.logs(name)).join('\n'))), { message: what })
        .toContainEqual(expect.stringContaining(`(request ${id})`));
  },
);

/** The response of a platform-api pod to a request for the user of a token. */
async function answerOf(fleet: Fleet, token: string | undefined, path = '/v1/me') {
  const { host, port } = await fleet.reach('platform-api', 80);
  const { statusCode, headers, body } = await send(`http://${host}:${port}${path}`, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  const { error, message } = (await body.json()) as { error: string; message: string };
  const challenge = headers['www-authenticate'];
  return { status: statusCode, ...(challenge === undefined ? {} : { challenge }), error, message };
}
