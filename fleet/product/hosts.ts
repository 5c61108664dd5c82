/** All host names of the product. `dezky.example` is reserved (RFC 2606 section 3) and never resolves. */
import { forEachApp, hostLabels, type AppName, type HostLabel } from '../../apps/environment/apps.ts';
import { httpsOf, type Hosts } from '../hosts.ts';

declare module '../hosts.ts' {
  interface Hosts extends Readonly<Record<HostLabel, string>> {}
}

const under = (domain: string): Hosts =>
  Object.fromEntries(hostLabels.map((label) => [label, `${label}.${domain}`])) as unknown as Hosts;

export const productionHosts: Hosts = under('dezky.example');

/** The hosts that the apps use when no `NUXT_PUBLIC_*` URL is set. */
export const developmentHosts: Hosts = under('dezky.local');

/** Origins of the apps and of Authentik, which users open in a browser. */
export const originsOf = (hosts: Hosts): Record<AppName | 'auth', string> => ({
  ...forEachApp(({ name }) => httpsOf(hosts[name])),
  auth: httpsOf(hosts.auth),
});
