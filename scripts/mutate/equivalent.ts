import type { Mutant } from '../../fleet/build/mutants.ts';

/** A mutant that no test can tell from the original, with the reason, found by reading the code. */
export interface Equivalent {
  id: string;
  file: string;
  original: string;
  replacement: string;
  reason: string;
}

export const equivalents: readonly Equivalent[] = [
  {
    id: '4b355d5d',
    file: 'apps/base/server/nuxt-oidc-auth/host-cookies.ts',
    original: '/^\\s*expires\\s*=(.*)$/i',
    replacement: '/^\\s*expires\\s*=(.*)/i',
    reason: 'A header has no line break, where alone the dot would stop.',
  },
  {
    id: 'c785e31f',
    file: 'apps/base/server/nuxt-oidc-auth/host-cookies.ts',
    original: '[]',
    replacement: '["Stryker was here"]',
    reason: 'Only the second element is read, and neither list has one.',
  },
  {
    id: '5cfdb282',
    file: 'apps/base/server/sessions/refresh-lock.ts',
    original: 'performance.now() >= deadline',
    replacement: 'performance.now() > deadline',
    reason: 'They differ only when a look ends in the same nanosecond as the deadline; the next one ends it.',
  },
  {
    id: '25c017d2',
    file: 'apps/base/server/sessions/session-index.ts',
    original: '[]',
    replacement: '["Stryker was here"]',
    reason: 'Sessions are also removed from a name that no session has.',
  },
  {
    id: '141713f9',
    file: 'apps/base/server/sessions/session-index.ts',
    original: 'start < ids.length',
    replacement: 'start <= ids.length',
    reason: 'A further step with no session removes none.',
  },
  {
    id: '6d1cf5eb',
    file: 'apps/base/server/sessions/used-logout-tokens.ts',
    original: "'1'",
    replacement: '""',
    reason: 'Only whether the key exists is asked.',
  },
  {
    id: '504979d2',
    file: 'apps/base/server/http/routes.ts',
    original: '[]',
    replacement: '["Stryker was here"]',
    reason: 'What such a folder holds is not found, whatever the method.',
  },
  {
    id: '3a617d71',
    file: 'apps/base/server/http/routes.ts',
    original: '[]',
    replacement: '["Stryker was here"]',
    reason: 'What such a folder holds is not found, whatever the method.',
  },
  {
    id: '2eb148b6',
    file: 'apps/base/server/http/routes.ts',
    original: '[]',
    replacement: '["Stryker was here"]',
    reason: 'What such a folder holds is not found, whatever the method.',
  },
  {
    id: '72a83823',
    file: 'apps/base/server/http/routes.ts',
    original: "'/'",
    replacement: '""',
    reason: 'Every path begins with both.',
  },
  {
    id: '0fe76c31',
    file: 'apps/base/server/http/routes.ts',
    original: "''",
    replacement: '"Stryker was here!"',
    reason: 'Every request that a server receives has a target.',
  },
  {
    id: '816140c5',
    file: 'apps/base/server/nuxt-oidc-auth/session.ts',
    original: '() => false',
    replacement: '() => undefined',
    reason: 'Only whether it is true is asked.',
  },
  {
    id: '4c698c9e',
    file: 'apps/base/server/nuxt-oidc-auth/session.ts',
    original: '/;\\s*/',
    replacement: '/;\\s/',
    reason: "host-cookies.ts has joined the cookies of the header with '; '.",
  },
  {
    id: '56637f71',
    file: 'apps/base/server/sessions/redis-sessions.ts',
    original: 'driver.setItem?.(id, JSON.stringify(entry), options)',
    replacement: 'driver.setItem(id, JSON.stringify(entry), options)',
    reason: 'The driver for Redis has it.',
  },
  {
    id: '4c7278f8',
    file: 'apps/base/server/sessions/redis-sessions.ts',
    original: '[]',
    replacement: '["Stryker was here"]',
    reason: 'No end is noted under a name that no session has.',
  },
  {
    id: '0bfea88a',
    file: 'apps/base/server/middleware/sign-in-callback.ts',
    original: "previous.state === 'stored'",
    replacement: 'true',
    reason: 'In the other states there is no id.',
  },
  {
    id: 'd69a8b03',
    file: 'fleet/apps/operator.yaml',
    original: 'maxSurge: 1',
    replacement: '',
    reason: "Kubernetes' default of 25 % of two replicas is rounded up to one.",
  },
  {
    id: 'd1d17e77',
    file: 'fleet/apps/operator.yaml',
    original: 'terminationGracePeriodSeconds: 30',
    replacement: '',
    reason: "30 s is Kubernetes' default.",
  },
  {
    id: '881bbac7',
    file: 'fleet/apps/operator.yaml',
    original: 'periodSeconds: 10',
    replacement: '',
    reason: "10 s is Kubernetes' default.",
  },
  {
    id: '8c6e804a',
    file: 'fleet/apps/operator.yaml',
    original: 'failureThreshold: 3',
    replacement: '',
    reason: "3 is Kubernetes' default.",
  },
  {
    id: '9ffed927',
    file: 'fleet/apps/portal.yaml',
    original: 'maxSurge: 1',
    replacement: '',
    reason: "Kubernetes' default of 25 % of two replicas is rounded up to one.",
  },
  {
    id: '577b3a44',
    file: 'fleet/apps/portal.yaml',
    original: 'terminationGracePeriodSeconds: 30',
    replacement: '',
    reason: "30 s is Kubernetes' default.",
  },
  {
    id: '078c7c27',
    file: 'fleet/apps/portal.yaml',
    original: 'periodSeconds: 10',
    replacement: '',
    reason: "10 s is Kubernetes' default.",
  },
  {
    id: 'caf52a37',
    file: 'fleet/apps/portal.yaml',
    original: 'failureThreshold: 3',
    replacement: '',
    reason: "3 is Kubernetes' default.",
  },
  {
    id: 'b7f7872d',
    file: 'fleet/apps/platform-api.yaml',
    original: 'maxSurge: 1',
    replacement: '',
    reason: "Kubernetes' default of 25 % of two replicas is rounded up to one.",
  },
  {
    id: '80eccfd8',
    file: 'fleet/apps/platform-api.yaml',
    original: 'terminationGracePeriodSeconds: 30',
    replacement: '',
    reason: "30 s is Kubernetes' default.",
  },
  {
    id: 'c2fb0e49',
    file: 'fleet/apps/platform-api.yaml',
    original: 'periodSeconds: 10',
    replacement: '',
    reason: "10 s is Kubernetes' default.",
  },
  {
    id: '62ecc211',
    file: 'fleet/apps/platform-api.yaml',
    original: 'failureThreshold: 3',
    replacement: '',
    reason: "3 is Kubernetes' default.",
  },
  {
    id: 'c074dbdf',
    file: 'fleet/apps/platform-api.yaml',
    original: 'OPERATOR_GROUP: dezky-operators',
    replacement: '',
    reason: "platform-api's fallback is the same group (apps/environment/environments.ts).",
  },
  {
    id: 'f8482677',
    file: 'fleet/apps/platform-api.yaml',
    original: 'OPERATOR_GROUP: dezky-operators',
    replacement: 'OPERATOR_GROUP: ""',
    reason: 'An empty variable counts as unset, and the fallback is the same group.',
  },
  {
    id: 'ab4a4208',
    file: 'apps/platform-api/src/access-token.ts',
    original: "''",
    replacement: '"Stryker was here!"',
    reason: 'Neither text begins with Bearer.',
  },
  {
    id: 'ab941c04',
    file: 'apps/platform-api/src/access-token.ts',
    original: "''",
    replacement: '"Stryker was here!"',
    reason: 'Neither text is an issuer.',
  },
  {
    id: 'a604e8c8',
    file: 'apps/platform-api/src/upstream.ts',
    original: 'issue?.path',
    replacement: 'issue.path',
    reason: 'What zod refuses has at least one issue.',
  },
];

/** @returns sentences about entries that are no mutants of today's sources, or that have no reason. */
export function outdated(entries: readonly Equivalent[], mutants: readonly Mutant[]): string[] {
  const known = new Map(mutants.map((mutant) => [mutant.id, mutant]));
  return entries.flatMap(({ id, file, original, replacement, reason }) => {
    const mutant = known.get(id);
    const fits = mutant?.file === file && mutant.original === original && mutant.replacement === replacement;
    return [
      ...(fits
        ? []
        : [`${id} is no mutant of ${file} today: "${original}" → "${replacement}". Take it out, or correct it.`]),
      ...(reason.trim() === '' ? [`${id} of ${file} has no reason. Say why no test can notice it.`] : []),
    ];
  });
}
