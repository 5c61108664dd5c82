import { Ledger } from '../../../fleet/edge/ledger.ts';
import { interruption } from '../../command/interruption.ts';
import { progress } from '../../command/run-command.ts';
import { cpuMsPerRun } from '../cpu-time.ts';
import type { Series } from './series.ts';

const rowCounts = [1_000, 10_000, 100_000, 1_000_000];
/** Rows of the client that is asked for, spread over all rows: about those of one test. */
const rowsOfClient = 50;
/** Rows that came after the cursor of a test. */
const recentRows = 100;
const client = 'asked-for';

/** The edge's ledger with more and more rows, in this process. */
export async function ledgerRows(): Promise<Series[]> {
  const size = 'rows of the ledger';
  const add: Series = { cost: 'CPU ms to add a row', size, points: [] };
  const all: Series = { cost: 'CPU ms to read the rows of one client', size, points: [] };
  const recent: Series = { cost: `CPU ms to read those of the last ${recentRows} rows`, size, points: [] };
  filled(100_000); // The first rows are slow, before the code is compiled.
  for (const count of rowCounts) {
    interruption.throwIfAborted();
    progress(`A ledger with ${count} rows …`);
    add.points.push({ size: count, cost: cpuMsPerRun(() => filled(count)) / count });
    const ledger = filled(count);
    all.points.push({ size: count, cost: readingTime(ledger, 0) });
    recent.points.push({ size: count, cost: readingTime(ledger, count - recentRows) });
  }
  return [add, all, recent];
}

function filled(count: number): Ledger {
  const ledger = new Ledger(count);
  const every = Math.floor(count / rowsOfClient);
  for (let index = 0; index < count; index += 1) {
    const arrival = {
      client: index % every === 0 ? client : `other-${index % 100}`,
      kind: 'api',
      method: 'GET',
    } as const;
    ledger.begin({ ...arrival, url: `https://operator.dezky.example/${index}` }).end();
  }
  return ledger;
}

/** CPU milliseconds to read every page of the client's rows, as an EdgeClient does. */
const readingTime = (ledger: Ledger, after: number): number =>
  cpuMsPerRun(() => {
    for (let page = ledger.read(after, client); page.more; page = ledger.read(page.next, client));
  });
