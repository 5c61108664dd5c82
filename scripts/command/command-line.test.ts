import type { Command } from 'commander';
import { afterEach, expect, test, vi } from 'vitest';
import { commandLine, fromCallersFolder, parseShard, parseTime, refusingUnknownCommands } from './command-line.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** What a program says about these arguments, and how it exits. */
function parsed(program: Command, args: string[]): string {
  let said = '';
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${code}`);
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((said += text)));
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    said += (error as Error).message;
  }
  return said;
}

test('a first argument that is no command is not given to the default command', () => {
  const ran: string[] = [];
  const program = refusingUnknownCommands(commandLine('bench'));
  program
    .command('fleet', { isDefault: true })
    .option('--check')
    .action(() => void ran.push('fleet'));
  program.command('suite').action(() => void ran.push('suite'));
  for (const args of [[], ['--check'], ['suite']]) expect(parsed(program, args)).toBe('');
  expect(ran).toEqual(['fleet', 'fleet', 'suite']);
  expect(parsed(program, ['suit'])).toBe(
    'error: There is no command "suit". Did you mean suite?\nRun: npm run bench -- --help\nexit 2',
  );
});

test.each<[Record<string, string>, string[], string]>([
  [{ npm_config_list: 'true' }, ['session'], 'npm run fleet -- --list session'],
  [{ npm_config_global: 'true' }, ['x'], 'npm run fleet -- --grep x'],
  [{ npm_config_grep: 'a' }, ['x'], 'npm run fleet -- --grep a x'],
  [{ npm_config_clean: '' }, [], 'npm run fleet -- --no-clean'],
  [{ npm_config_wait: 'true' }, ['up'], 'npm run fleet -- up --wait'],
  [{ npm_config_list: '', npm_config_proxy: 'http://a:1' }, ['session'], ''],
])('an option that npm kept is refused with the right command line: %j', (env, args, line) => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const program = commandLine('fleet').option('--list').option('-g, --grep <pattern>').option('--no-clean');
  program
    .argument('[specs...]')
    .option('--proxy <url>')
    .action(() => {});
  program.command('up').option('--wait');
  expect(parsed(program, args)).toMatch(line === '' ? /^$/ : new RegExp(`: ${line}\\n[^]*exit 2$`));
});

test('a path is relative to where npm was called', () => {
  vi.stubEnv('INIT_CWD', '/somewhere/e2e');
  expect(fromCallersFolder('session/cookie.spec.ts')).toBe('/somewhere/e2e/session/cookie.spec.ts');
  expect(fromCallersFolder('/absolute.pem')).toBe('/absolute.pem');
});

test('standard input is no path', () => {
  expect(fromCallersFolder('-')).toBe('-');
});

test('a time has a unit', () => {
  expect([parseTime('90s'), parseTime('2m')]).toEqual([90, 120]);
  for (const text of ['', '90', '0s', '1h', 'm']) expect(() => parseTime(text)).toThrow('such as 90s or 2m');
});

test.each(['', '1', '0/3', '4/3', '1/0', 'a/b', '1/3/5', '-1/3', '99999999999999999999/99999999999999999999'])(
  '%j is no part',
  (text) => {
    expect(() => parseShard(text)).toThrow('Give a part and the number of parts, such as 2/3.');
  },
);
