import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';

/** Starts two programs as suite and gate, in a process of its own because they write to its output. */
const start = (suite: string, gate: string) => {
  const source = `
    import { suiteThenGate } from ${JSON.stringify(join(import.meta.dirname, 'suite-then-gate.ts'))};
    process.exitCode = await suiteThenGate(${JSON.stringify({ gate: ['-e', gate], suite: ['-e', suite] })});`;
  return spawn(process.execPath, ['--input-type=module-typescript', '-e', source], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
};
const says = (words: string, code = 0): string => `console.log('${words}'); process.exitCode = ${code};`;

test.each([
  ['both passed', 0, 0, 'suite passed in T, gate passed in T', 0],
  ['a suite that fails is 1, and the gate runs', 1, 0, 'suite failed in T, gate passed in T', 1],
  ['a gate that fails is 1', 0, 1, 'suite passed in T, gate failed in T', 1],
  ['a gate that cannot run is 2', 1, 2, 'suite failed in T, gate not run in T', 2],
])('%s', async (_what, suite, gate, last, code) => {
  const child = start(says('3 tests', suite), says('types', gate));
  const [stdout, [ended]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const plain = stripVTControlCharacters(stdout).replace(/in [\d.]+ s/g, 'in T');
  expect([plain, ended]).toEqual([`3 tests\ntypes\n${last}\n`, code]);
});

test('an interruption ends the suite, and no gate starts', async () => {
  const suite = `process.on('SIGTERM', () => { console.log('down'); process.exit(130); }); setInterval(() => {}, 1e3);`;
  const child = start(`${suite} console.log('up');`, says('types'));
  const [up] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill('SIGTERM');
  expect(`${up}${await text(child.stdout)}`).toBe('up\ndown\n');
});
