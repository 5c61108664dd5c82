import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scratchFolder } from '../../fleet/testing.ts';
import { packDoctor } from './pack.ts';

const folder = scratchFolder(afterAll);
const file = join(folder, 'doctor.mjs');
let bytes: number;
beforeAll(async () => {
  bytes = await packDoctor(file);
});

/** Started elsewhere than in the repository, and without its packages. */
const run = (...args: string[]) =>
  spawnSync(process.execPath, [file, ...args], { cwd: folder, encoding: 'utf8', env: {} });

test('it is one file of at most 2 MiB, with the licences of what it contains', () => {
  expect(readdirSync(folder)).toEqual(['doctor.mjs']);
  expect(bytes).toBeLessThan(2 * 2 ** 20);
  expect(readFileSync(file, 'utf8')).toMatch(/\ncommander\n\n.*MIT License[^]*\nzod\n\nMIT License/);
});

test.each([
  [['--help'], 0, 'Usage: node doctor.mjs <command>'],
  [['smoke', '--help'], 0, 'Usage: node doctor.mjs smoke [options]'],
  [['diagnose', '--help'], 0, 'Usage: node doctor.mjs diagnose [options]'],
  [['explain', '--help'], 0, 'Usage: node doctor.mjs explain [options] <file>'],
  [['smok'], 2, 'There is no command "smok". Did you mean smoke?'],
  [['smoke'], 2, 'Which fleet is asked? Give --url-operator'],
  [['smoke', '--url', 'http://app.example'], 2, 'Give an https address'],
  [
    ['smoke', '--url', 'https://127.0.0.1:1', '--session', 'none'],
    2,
    'none cannot be read (ENOENT). Give --session a file.',
  ],
  [['smoke', '--url', 'https://127.0.0.1:1', '--sign-in', 'login'], 2, '--sign-in must be a path'],
  [['smoke', '--url', 'https://127.0.0.1:1', '--watch', '--for', '1'], 1, '127.0.0.1:1 refuses connections'],
  [['smoke', '--url', 'https://127.0.0.1:1', '--for', '1'], 2, '--for is an option of --watch.'],
  [['smoke', '--url', 'https://127.0.0.1:1'], 1, '127.0.0.1:1 refuses connections'],
  [['smoke', '--url', 'https://127.0.0.1:1', '--sha', 'a'], 2, "cannot be used with option '--sha"],
  [['smoke', '--ready', '/ready'], 2, '--ready is about an app that --url names.'],
  [['explain', 'none.har'], 2, 'There is no file'],
])('%j ends with %i and a sentence', (args, code, sentence) => {
  const { status, stdout, stderr } = run(...args);
  expect(stdout + stderr).toContain(sentence);
  expect(stdout + stderr).not.toMatch(/^\s+at .*:\d+/m);
  expect(status).toBe(code);
});

const escape = '\u001B[31mX\u001B]0;t\u0007\u009B2J';
test.each([
  [`smok${escape}`],
  ['smoke', `--bogus${escape}`],
  ['smoke', '--url', escape],
  ['smoke', '--pods', escape],
  ['smoke', `--url=https://127.0.0.1:1`, '-g', `(${escape}`],
  ['smoke', `--url=https://127.0.0.1:1`, '--ca', escape],
  ['smoke', `--url=https://127.0.0.1:1`, '--session', escape],
  ['diagnose', '--logs', escape],
  ['explain', escape],
])('no escape of an argument reaches the terminal: %j', (...args) => {
  const { status, stdout, stderr } = run(...args);
  expect(stdout + stderr).toContain('X');
  expect(stdout + stderr).not.toMatch(/[^\P{Cc}\n]/u);
  expect(status).toBe(2);
});

test('it writes no file that nobody asked for', () => {
  run('smoke', '--url', 'https://127.0.0.1:1');
  writeFileSync(join(folder, 'empty.har'), '{"log":{"entries":[]}}');
  expect(run('explain', 'empty.har').status).toBe(2);
  expect(readdirSync(folder).toSorted()).toEqual(['doctor.mjs', 'empty.har']);
});
