import { Option, type Command } from 'commander';
import { appNames } from '../../apps/environment/apps.ts';
import type { Role } from '../../e2e/smoke/target.ts';
import { parseOrigin } from './formats.ts';

const roles: readonly Role[] = [...appNames, 'auth'];
const options = roles.map((role) => ({
  role,
  option: new Option(`--url-${role} <url>`, `such as https://${role}.dezky.example`)
    .argParser(parseOrigin)
    .makeOptionMandatory(),
}));

/** Adds the option `--url-<name>` for each app and for Authentik. */
export function withUrlOptions(command: Command): Command {
  for (const { option } of options) command.addOption(option);
  return command;
}

/** The origins from these options. */
export const urlsFrom = (parsed: Readonly<Record<string, unknown>>): Record<Role, string> =>
  Object.fromEntries(options.map(({ role, option }) => [role, parsed[option.attributeName()]])) as Record<Role, string>;
