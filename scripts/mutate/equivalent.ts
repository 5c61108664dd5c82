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
