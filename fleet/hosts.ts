/** All host names of the product. `dezky.example` is reserved (RFC 2606 section 3) and never resolves. */
import { hostLabels } from '../apps/environment/apps.ts';
import type { HostLabel } from '../apps/environment/apps.ts';

export type Hosts = Readonly<Record<HostLabel, string>>;

const under = (domain: string): Hosts =>
  Object.fromEntries(hostLabels.map((label) => [label, `${label}.${domain}`])) as Hosts;

/** Hosts of a deployed fleet. */
export const productionHosts: Hosts = under('dezky.example');

/** The hosts that the apps use when no `NUXT_PUBLIC_*` URL is set. */
export const developmentHosts: Hosts = under('dezky.local');

export const origin = (host: string): string => `https://${host}`;
