import { Option, type Command } from 'commander';
import { appNames } from '../../apps/environment/apps.ts';
import type { Role } from '../../e2e/smoke/target.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { parseOrigin } from './formats.ts';

const roles: readonly Role[] = [...appNames, 'auth'];
const options = roles.map((role) => ({
  role,
  option: new Option(`--url-${role} <url>`, `such as https://${role}.dezky.example`).argParser(parseOrigin),
}));

/** Adds the option `--url-<name>` for each app and for Authentik. */
export function withUrlOptions(command: Command): Command {
  for (const { option } of options) command.addOption(option);
  return command;
}

/** The names of these options, as commander has them in the parsed options. */
export const urlAttributes = options.map(({ option }) => option.attributeName());

/** The origins from these options. @throws HarnessError that names all that are missing. */
export function urlsFrom(parsed: Readonly<Record<string, unknown>>): Record<Role, string> {
  const missing = options.filter(({ option }) => parsed[option.attributeName()] === undefined);
  if (missing.length > 0) {
    const flags = missing.map(({ option }) => option.long).join(', ');
    throw new HarnessError(`Not given: ${flags}. Give them, or --run <id> for a fleet of this machine.`);
  }
  return Object.fromEntries(options.map(({ role, option }) => [role, parsed[option.attributeName()]])) as Record<
    Role,
    string
  >;
}
