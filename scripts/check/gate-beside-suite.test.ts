import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** Runs two programs as gate and suite, in a process of its own because the suite writes to its output. */
async function run(gate: string, suite: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const source = `
    import { gateBesideSuite } from ${JSON.stringify(join(import.meta.dirname, 'gate-beside-suite.ts'))};
    const programs = ${JSON.stringify({ gate: ['-e', gate], suite: ['-e', suite] })};
    process.exitCode = await gateBesideSuite(programs);`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', source]);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  const plain = stripVTControlCharacters(stdout).replace(/in [\d.]+ s/g, 'in T');
  return { code, stdout: plain, stderr };
}

const says = (words: string, code = 0): string => `console.log('${words}'); process.exitCode = ${code};`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gate-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const fileOf = (name: string): string => JSON.stringify(join(folder, name));
/** JavaScript that leaves a sign for the other program, with all of its content at once. */
const sign = (name: string, value = "''"): string =>
  `require('fs').writeFileSync(${fileOf(`${name}~`)}, String(${value})); require('fs').renameSync(${fileOf(`${name}~`)}, ${fileOf(name)});`;
/** JavaScript that goes on when the other program has left its sign. */
const after = (name: string, then: string): string =>
  `const look = () => { if (!require('fs').existsSync(${fileOf(name)})) return setTimeout(look, 20); ${then} }; look();`;

test('the gate’s output follows the suite’s, and the last line has the time of both', async () => {
  const { code, stdout } = await run(says('types') + sign('checked'), after('checked', says('3 tests')));
  expect(stdout).toBe('3 tests\ntypes\ngate passed in T, suite passed in T\n');
  expect(code).toBe(0);
});

test('the gate has the lower priority', async () => {
  // Not always 0: these tests run in the gate, too.
  const own = getPriority();
  const lower = Math.min(19, own + 10);
  const priority = `require('os').getPriority()`;
  const gate = `const wait = () => { if (${priority} !== ${lower}) return setImmediate(wait); ${sign('checked', priority)} }; wait();`;
  const { stdout } = await run(
    gate,
    after(
      'checked',
      `console.log(require('fs').readFileSync(${fileOf('checked')}, 'utf8') + ' against ' + ${priority});`,
    ),
  );
  expect(stdout).toContain(`${lower} against ${own}\n`);
});

test('a gate that fails is 1, and stops the suite', async () => {
  // The suite takes its fleet down when it is interrupted, and otherwise never ends.
  const suite = `setInterval(() => {}, 1e3); process.on('SIGTERM', () => { console.log('down'); process.exit(130); });`;
  const { code, stdout } = await run(after('started', says('lint', 1)), suite + sign('started'));
  expect(stdout).toBe('down\nlint\ngate failed in T, suite stopped in T\n');
  expect(code).toBe(1);
});

test('a suite that fails is 1, and the gate goes on', async () => {
  const { code, stdout } = await run(after('tested', says('lint')), says('1 failed', 1) + sign('tested'));
  expect(stdout).toBe('1 failed\nlint\ngate passed in T, suite failed in T\n');
  expect(code).toBe(1);
});

test('a gate that cannot run says why', async () => {
  const { code, stdout, stderr } = await run(`console.error('no gate'); process.exitCode = 2;`, says('3 tests'));
  expect(stderr).toBe('no gate\n');
  expect(stdout).toContain('gate not run in T');
  expect(code).toBe(2);
});
