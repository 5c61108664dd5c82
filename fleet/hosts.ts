/**
 * The host names of a fleet, by label: here that of its Authentik. A product adds its own by declaration merging, as
 * Playwright's users do for matchers.
 */
export interface Hosts {
  readonly auth: string;
}

export const httpsOf = (host: string): string => `https://${host}`;

/** Each host by its label, whatever labels the product has. */
export const byLabel = (hosts: Hosts): Readonly<Record<string, string>> => ({ ...hosts });

export const namesOf = (hosts: Hosts): string[] => Object.values(byLabel(hosts));
