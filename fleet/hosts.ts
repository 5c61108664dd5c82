/**
 * The host names of a fleet, by label: here that of its Authentik. A product adds its own by declaration merging, as
 * Playwright's users do for matchers.
 */
export interface Hosts {
  readonly auth: string;
}

export const httpsOf = (host: string): string => `https://${host}`;

export const namesOf = (hosts: Hosts): string[] => Object.values(hosts as unknown as Record<string, string>);
