import { join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { appNames, urlVariable } from '../../apps/environment/apps.ts';
import type { HostRole } from '../../e2e/probes/target.ts';
import { engineOfRun } from '../../fleet/product/fleet.ts';
import type { ConnectTo, LiveAccess } from '../../fleet/engines/live/live.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import { ofKind, type KubeObject } from '../../fleet/manifests/objects.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { fromCallersFolder } from '../command/command-line.ts';

export interface ConnectionOptions {
  proxy?: string;
  connectTo?: ConnectTo[];
  ca?: string;
  header?: Record<string, string>;
}

const roles: readonly HostRole[] = [...appNames, 'auth'];
const urlOptions = roles.map((role) => ({
  role,
  option: new Option(`--url-${role} <url>`, `such as https://${role}.dezky.example`).argParser(parseOrigin),
}));

/** Adds the options for the fleet to ask: by its manifests, by URLs, or a fleet of this machine. */
export function withTargetOptions(command: Command): Command {
  const urls = urlOptions.map(({ option }) => option.attributeName());
  command.addOption(
    new Option('--kustomization <folder>', 'manifests that say the URLs; default: fleet/apps')
      .argParser(fromCallersFolder)
      .conflicts(urls),
  );
  for (const { option } of urlOptions) command.addOption(option);
  return command.addOption(
    new Option('--run <id>', 'this fleet of this machine, whose addresses are then known').conflicts([
      ...urls,
      'kustomization',
      'proxy',
      'connectTo',
      'ca',
    ]),
  );
}

export const withConnectionOptions = (command: Command): Command =>
  command
    .option('--proxy <url>', 'reach the fleet through an HTTP proxy', parseProxy)
    .option('--connect-to <from:port:to:port>', 'connect there instead, as curl does (repeatable)', parseConnection)
    .option(
      '--ca <file>',
      'PEM file of an authority to trust as well; certificates are always verified',
      fromCallersFolder,
    )
    .option('--header <name: value>', 'send this with every request to the fleet (repeatable)', parseHeader);

export const withSmokeReports = (command: Command): Command =>
  command.addOption(
    new Option('--reports <folder>', 'where smoke.json and junit.xml go')
      .argParser(fromCallersFolder)
      .default('reports/smoke'),
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

/** The fleet that these options name. @throws HarnessError for URLs that are missing, or options that cannot be combined. */
export async function fleetFrom(options: TargetOptions): Promise<LiveAccess & { urls: Record<HostRole, string> }> {
  if (options.run !== undefined) {
    const { hosts, edge } = await engineOfRun(options.run).attach(options.run);
    const urls = Object.fromEntries(roles.map((role) => [role, httpsOf(hosts[role])])) as Record<HostRole, string>;
    return { urls, proxy: edge.proxyUrl, caFile: edge.caFile };
  }
  const given = options as Readonly<Record<string, unknown>>;
  const missing = urlOptions.filter(({ option }) => given[option.attributeName()] === undefined);
  if (missing.length === urlOptions.length) {
    const { kustomization = join(repositoryRoot, 'fleet/apps') } = options;
    const { render } = await import('../../fleet/manifests/render.ts');
    return { urls: urlsIn(await render(kustomization)), ...accessBy(options) };
  }
  if (missing.length > 0) {
    const flags = missing.map(({ option }) => option.long).join(', ');
    throw new HarnessError(`Not given: ${flags}. Give them all, or none for those of fleet/apps.`);
  }
  const urls = urlOptions.map(({ role, option }) => [role, given[option.attributeName()]]);
  return { urls: Object.fromEntries(urls) as Record<HostRole, string>, ...accessBy(options) };
}

/** @throws HarnessError for options that cannot be combined. */
export function accessBy({ proxy, connectTo, ca, header }: ConnectionOptions): LiveAccess {
  if (proxy && connectTo) {
    throw new HarnessError('--proxy and --connect-to do not go together: a proxy chooses the way itself. Use one.');
  }
  return { proxy, connectTo, caFile: ca, headers: header };
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

export function parseProxy(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === 'http:' && url.port) return url.href;
  throw new InvalidArgumentError('Give an http URL with a port, such as http://127.0.0.1:3128.');
}

/** `host:port:host:port`, as in curl. */
export function parseConnection(text: string, earlier: readonly ConnectTo[] = []): ConnectTo[] {
  const [, host = '', port, toHost = '', toPort] = /^([^:]+):(\d+):([^:]+):(\d+)$/.exec(text) ?? [];
  const isPort = (text = ''): boolean => Number(text) >= 1 && Number(text) <= 65_535;
  if (!host || !isPort(port) || !isPort(toPort))
    throw new InvalidArgumentError('Give host:port:host:port, such as operator.example.com:443:10.0.0.1:8443.');
  return [...earlier, { host, port: Number(port), toHost, toPort: Number(toPort) }];
}

/** `name: value`. */
export function parseHeader(text: string, earlier: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, name = '', value = ''] = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/.exec(text) ?? [];
  if (!name) throw new InvalidArgumentError('Give name: value.');
  // Node refuses others when the request is sent, as if the host did not answer.
  if (!/^[\t\x20-\x7E\x80-\xFF]*$/.test(value))
    throw new InvalidArgumentError('A header has only characters of Latin-1. Encode the others.');
  return { ...earlier, [name.toLowerCase()]: value };
}
