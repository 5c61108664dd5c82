import { Option, type Command } from 'commander';
import type { ConnectTo, LiveAccess } from '../../fleet/engines/live/live.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { fromCallersFolder } from '../command/callers-folder.ts';
import { parseConnection, parseHeader, parseProxy } from './formats.ts';

/** Options for the connection to a fleet, as parsed by commander. */
export interface ConnectionOptions {
  proxy?: string;
  connectTo?: ConnectTo[];
  ca?: string;
  header?: Record<string, string>;
}

/** Adds the options for the connection to the fleet. */
export const withAccessOptions = (command: Command): Command =>
  command
    .option('--proxy <url>', 'reach the fleet through an HTTP proxy', parseProxy)
    .option('--connect-to <from:port:to:port>', 'connect there instead, as curl does (repeatable)', parseConnection)
    .option(
      '--ca <file>',
      'PEM file of an authority to trust as well; certificates are always verified',
      fromCallersFolder,
    )
    .option('--header <name: value>', 'send this with every request to the fleet (repeatable)', parseHeader);

/** Adds those options, and the folder of the smoke reports. */
export const withConnectionOptions = (command: Command): Command =>
  withAccessOptions(command).addOption(
    new Option('--reports <folder>', 'where smoke.json and junit.xml go')
      .argParser(fromCallersFolder)
      .default('reports/smoke'),
  );

/** @throws HarnessError for options that cannot be combined. */
export function accessBy({ proxy, connectTo, ca, header }: ConnectionOptions): LiveAccess {
  if (proxy && connectTo) {
    throw new HarnessError('--proxy and --connect-to do not go together: a proxy chooses the way itself. Use one.');
  }
  return {
    ...(proxy === undefined ? {} : { proxy }),
    ...(connectTo === undefined ? {} : { connectTo }),
    ...(ca === undefined ? {} : { caFile: ca }),
    ...(header === undefined ? {} : { headers: header }),
  };
}
