import { expect, test } from 'vitest';
import { reasonsFor } from './classify.ts';
import { storyOf } from './story.ts';
import { callBy, exchanges, signInBy, type Short } from './testing/exchanges.ts';

const own = 'https://operator.dezky.example';
const authentik = 'https://auth.dezky.example/application/o';
const [a, b, c] = ['operator-1-a', 'operator-1-b', 'operator-2-c'];

/** A recording, what it speaks for most, and in which words. */
const recordings: ReadonlyArray<[what: string, shorts: Short[], after: string, because: RegExp]> = [
  [
    'pods that take turns',
    [signInBy(a), callBy(a, 1, 200), callBy(b, 2, 401), callBy(a, 3, 200)],
    'another pod',
    /operator-1-b refuses what operator-1-a serves/,
  ],
  [
    'pods that take turns, and a sign-out',
    [
      signInBy(a),
      callBy(b, 2, 401),
      callBy(a, 3, 200),
      { at: 4, method: 'POST', url: `${own}/auth/oidc/logout`, status: 303, location: '/signed-out', pod: b },
      callBy(a, 5, 401),
    ],
    'another pod',
    /operator-1-b refuses what operator-1-a serves/,
  ],
  [
    'another revision',
    [signInBy(a), callBy(a, 1, 200), callBy(c, 9, 401, { revision: '2' })],
    'a release',
    /x-revision changed before it, to 2/,
  ],
  [
    'new pods of the same revision',
    [signInBy(a), callBy(a, 1, 200), callBy(c, 9, 401)],
    'a restart',
    /operator-2-c first/,
  ],
  ['lunch', [signInBy(a), callBy(a, 1, 200), callBy(a, 7300, 401)], 'hours without use', /for 122 min/],
  [
    'the request after a renewal',
    [signInBy(a), callBy(a, 1, 200), callBy(a, 400, 200), callBy(a, 401, 401)],
    'a refresh',
    /renewed in the request before it/,
  ],
  [
    'requests at once when tokens are due',
    [signInBy(a), callBy(a, 1, 200), callBy(a, 400, 200, { ms: 90 }), callBy(b, 400.01, 401, { ms: 90 })],
    'parallel requests',
    /2 requests at once/,
  ],
  [
    'a slow request',
    [signInBy(a), callBy(a, 1, 200), callBy(a, 400, 200, { ms: 4100 }), callBy(a, 405, 401)],
    'a slow refresh',
    /took 4.1 s/,
  ],
  [
    'a sign-in that fails as well, at an Authentik that answers',
    [
      signInBy(a),
      callBy(a, 1, 200),
      callBy(a, 400, 401),
      { ...signInBy(a, 402), location: '/sign-in?failed=unavailable' },
    ],
    'a new client secret',
    /the next sign-in failed although Authentik answered/,
  ],
  [
    'an Authentik that answers 503',
    [signInBy(a), callBy(a, 1, 200), callBy(a, 400, 401), { at: 402, url: `${authentik}/authorize/`, status: 503 }],
    'an outage of Authentik',
    /Authentik answered with errors/,
  ],
  [
    'an Authentik that asks who it is',
    [
      signInBy(a),
      callBy(a, 1, 200),
      callBy(a, 400, 401),
      { at: 402, method: 'POST', url: 'https://auth.dezky.example/api/v3/flows/executor/login/', status: 200 },
      signInBy(a, 403),
    ],
    'an expiry at Authentik',
    /asked who it is at the next sign-in/,
  ],
  [
    'another session cookie with the 401',
    [signInBy(a), callBy(b, 1, 401, { setCookie: '__Host-nuxt-oidc-auth=Fe26.2*x; Max-Age=1209600; Path=/' })],
    'a new session secret',
    /set another session cookie/,
  ],
  [
    'a request for new tokens that takes 8 s, beside others that do not',
    [signInBy(a), callBy(a, 400, 401, { ms: 8200 }), callBy(b, 402, 401, { ms: 3000 })],
    'a pause in a refresh',
    /took 8.2 s/,
  ],
  [
    'a request for new tokens that no pod answers',
    [signInBy(a), callBy('', 400, 502), callBy(b, 402, 200, { ms: 4000 }), callBy(b, 430, 401)],
    'a kill in a refresh',
    /was answered 502/,
  ],
  [
    'a slow request for new tokens, and another that waits as long',
    [signInBy(a), callBy(a, 400, 200, { ms: 4000 }), callBy(b, 405, 200, { ms: 4000 }), callBy(b, 430, 401)],
    'a deploy in a refresh',
    /took 4.0 s, and \/api\/me waited 4.0 s/,
  ],
  [
    'a request for new tokens, another that is served, and then none',
    [signInBy(a), callBy(a, 400, 200, { ms: 1100 }), callBy(a, 402, 200), callBy(a, 430, 401)],
    'a refused write',
    /served after it, and then no more/,
  ],
  [
    'one API alone',
    [signInBy(a), callBy(a, 1, 200), callBy(a, 2, 401, { url: `${own}/api/tenants` }), callBy(a, 3, 200)],
    'a missing role',
    /only \/api\/tenants/,
  ],
  [
    'a sign-out elsewhere',
    [
      signInBy(a),
      callBy(a, 1, 200),
      { at: 2, method: 'POST', url: 'https://portal.dezky.example/auth/oidc/logout', status: 303 },
      callBy(a, 3, 401),
    ],
    'a sign-out of the other app',
    /signed out of portal/,
  ],
];

test.each(recordings)('%s', (_, shorts, after, because) => {
  const [first] = reasonsFor(storyOf(exchanges(shorts)));
  expect(first?.after).toBe(after);
  expect(first?.because).toMatch(because);
});

test('without a refused request there is no reason', () => {
  expect(reasonsFor(storyOf(exchanges([signInBy(a), callBy(b, 1, 200)])))).toEqual([]);
});
