// `npm test`: the gate, then the suite; the suite's closing line comes last.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { interruption } from './interruption.ts';

for (const verb of ['check', 'e2e']) {
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${verb}.ts`)], { stdio: 'inherit' });
  if (status !== 0 || interruption.aborted) process.exit(status ?? 130);
}
