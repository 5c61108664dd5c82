import { InvalidArgumentError, Option, type Command } from 'commander';
import { appNames, urlVariable } from '../../apps/environment/apps.ts';
import type { Finding } from '../../e2e/probes/findings.ts';
import type { HostRole } from '../../e2e/probes/target.ts';
import type { LiveAccess } from '../../fleet/engines/live/live.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { ofKind, type KubeObject } from '../../fleet/manifests/objects.ts';
import { fromCallersFolder } from '../command/command-line.ts';
import { accessBy, type ConnectionOptions } from './connection-options.ts';

export const roles: readonly HostRole[] = [...appNames, 'auth'];
const urlOptions = roles.map((role) => ({
  role,
  option: new Option(`--url-${role} <url>`, `such as https://${role}.dezky.example`).argParser(parseOrigin),
}));

/** Rollouts that have not ended, which answers do not show while old pods serve well. */
type AskRollouts = () => Promise<Finding[]>;

/** Options that say which fleet is asked, and the fleet that they name. */
export interface WayToFleet {
  /** Where reports go by default. */
  reports?: string;
  /** Whether an app of somebody else can be named, too. */
  takesAnyApp?: true;
  withTargetOptions(command: Command): Command;
  /** @throws HarnessError for URLs that are missing, or options that cannot be combined. */
  fleetFrom(options: TargetOptions): Promise<LiveAccess & { urls: Record<HostRole, string>; rollouts?: AskRollouts }>;
}

/** A fleet by its URLs. */
export const byUrls: WayToFleet = {
  takesAnyApp: true,
  withTargetOptions: (command) => urlOptions.reduce((all, { option }) => all.addOption(option), command),
  fleetFrom: async (options) => {
    const urls = urlsGiven(options);
    if (urls) return { urls, ...accessBy(options) };
    throw new HarnessError(`Which fleet is asked? Give ${urlOptions.map(({ option }) => option.flags).join(', ')}.`);
  },
};

/** The names of the options of {@link byUrls}. */
export const urlOptionNames = urlOptions.map(({ option }) => option.attributeName());

export const withSmokeReports = (command: Command, folder: string | undefined): Command =>
  command.addOption(
    new Option('--reports <folder>', 'where smoke.json, junit.xml and smoke.sarif go')
      .argParser(fromCallersFolder)
      .default(folder, folder ?? 'nowhere'),
  );

/** The URLs that the ConfigMaps give the apps. @throws HarnessError when one is missing. */
export function urlsIn(objects: readonly KubeObject[]): Record<HostRole, string> {
  const given: Record<string, string> = Object.assign({}, ...ofKind(objects, 'ConfigMap').map(({ data }) => data));
  const missing = roles.map(urlVariable).filter((variable) => !given[variable]);
  if (missing.length > 0) {
    throw new HarnessError(
      `No ConfigMap of the manifests has ${missing.join(', ')}, so it is not known where to ask. Set it there.`,
    );
  }
  return Object.fromEntries(roles.map((role) => [role, given[urlVariable(role)]])) as Record<HostRole, string>;
}

/** The options of {@link withTargetOptions} and {@link withConnectionOptions}, as parsed by commander. */
export type TargetOptions = ConnectionOptions & { run?: string; kustomization?: string };

/** The URLs of the options. Undefined: none is given. @throws HarnessError when one is missing. */
export function urlsGiven(options: TargetOptions): Record<HostRole, string> | undefined {
  const given = options as Readonly<Record<string, unknown>>;
  const missing = urlOptions.filter(({ option }) => given[option.attributeName()] === undefined);
  if (missing.length === urlOptions.length) return undefined;
  if (missing.length > 0)
    throw new HarnessError(
      `Not given: ${missing.map(({ option }) => option.long).join(', ')}. Give them all, or none.`,
    );
  const urls = urlOptions.map(({ role, option }) => [role, given[option.attributeName()]]);
  return Object.fromEntries(urls) as Record<HostRole, string>;
}

/** An origin: scheme and host, as in the apps' own settings. */
export function parseOrigin(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol !== 'https:')
    throw new InvalidArgumentError('Give an https URL, such as https://operator.example.com.');
  if (url.pathname !== '/' || url.search || url.hash || url.username) {
    throw new InvalidArgumentError('Give scheme and host alone, such as https://operator.example.com.');
  }
  return url.origin;
}
