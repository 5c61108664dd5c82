/** Every host name of the product, in one place. `dezky.example` is reserved (RFC 2606 section 3): it never resolves. */

export const hostRoles = ['operator', 'portal', 'auth', 'api', 'mail'] as const;
type HostRole = (typeof hostRoles)[number];
export type Hosts = Readonly<Record<HostRole, string>>;

const under = (domain: string): Hosts => ({
  operator: `operator.${domain}`,
  portal: `portal.${domain}`,
  auth: `auth.${domain}`,
  api: `api.${domain}`,
  mail: `mail.${domain}`,
});

/** Hosts of a deployed fleet. */
export const productionHosts: Hosts = under('dezky.example');

/** What the apps fall back to when no `NUXT_PUBLIC_*` URL is set. */
export const developmentHosts: Hosts = under('dezky.local');

export const origin = (host: string): string => `https://${host}`;
