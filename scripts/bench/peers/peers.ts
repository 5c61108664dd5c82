import type Table from 'cli-table3';
import { exitCodes } from '../../../fleet/errors.ts';
import { interruption } from '../../command/interruption.ts';
import { progress } from '../../command/run-command.ts';
import { browserTests } from './browser-tests.ts';
import { issuers } from './issuers.ts';
import { packageCosts } from './packages.ts';
import { plainStart } from './plain-start.ts';
import { proxies } from './proxies.ts';

interface Part {
  /** Printed above the table: what is compared, and what the figures are. */
  title: string;
  measure: () => Promise<Table.Table>;
}

const parts: Readonly<Record<string, Part>> = {
  issuers: {
    title: 'The mock Authentik against other issuers for tests. The same client signs in at each.',
    measure: issuers,
  },
  packages: {
    title: 'The package mock-authentik against other issuers for tests: what it takes to install and to start.',
    measure: packageCosts,
  },
  proxies: {
    title: 'One request over a kept connection: the edge against a direct call and against a common proxy.',
    measure: proxies,
  },
  start: {
    title: 'The start of a local fleet against a plain loop that spawns the same processes. The apps are built.',
    measure: plainStart,
  },
  tests: {
    title: 'A test of the suite against a plain Playwright test that makes the same assertions on the same page.',
    measure: browserTests,
  },
};

export const partNames = Object.keys(parts);

/** `bench peers`: what the harness costs beside what one would use in its place. Linux only, for it reads /proc. */
export async function peers(names: readonly string[]): Promise<number> {
  for (const [name, { title, measure }] of Object.entries(parts)) {
    if (names.length > 0 && !names.includes(name)) continue;
    progress(`${name} …`);
    const table = await measure();
    interruption.throwIfAborted();
    console.log(`\n${title}\n${table.toString()}`);
  }
  return exitCodes.passed;
}
