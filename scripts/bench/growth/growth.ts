import { catalogue } from './catalogue.ts';
import { ledgerRows } from './ledger-rows.ts';
import { replicas } from './replicas.ts';
import { tableOfGrowth, type Series } from './series.ts';
import { sessions } from './sessions.ts';
import { tests } from './tests.ts';

/** What can be measured, by its name on the command line. */
const parts = { replicas, sessions, ledger: ledgerRows, regressions: catalogue, tests } as const;
export type Part = keyof typeof parts;
export const partNames = Object.keys(parts) as Part[];

/** `bench growth`: how costs grow with what they depend on. */
export async function growth(names: readonly Part[]): Promise<void> {
  const series: Series[] = [];
  try {
    for (const name of names.length > 0 ? names : partNames) series.push(...(await parts[name]()));
  } finally {
    // What was measured before a failure or a Ctrl-C took minutes.
    if (series.length > 0) console.log(tableOfGrowth(series));
  }
}
