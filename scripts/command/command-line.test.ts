import { afterEach, expect, test, vi } from 'vitest';
import { commandLine, fromCallersFolder, refusingUnknownCommands } from './command-line.ts';

const throwOnExit = () =>
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${code}`);
  });

test('a first argument that is no command is not given to the default command', () => {
  const exit = throwOnExit();
  let said = '';
  const ran: string[] = [];
  const program = refusingUnknownCommands(commandLine('bench')).configureOutput({
    writeErr: (text) => void (said += text),
  });
  program
    .command('fleet', { isDefault: true })
    .option('--check')
    .action(() => void ran.push('fleet'));
  program.command('suite').action(() => void ran.push('suite'));
  for (const args of [[], ['--check'], ['suite']]) program.parse(args, { from: 'user' });
  expect(ran).toEqual(['fleet', 'fleet', 'suite']);
  expect(() => program.parse(['suit'], { from: 'user' })).toThrow('exit 2');
  expect(said).toBe('error: There is no command "suit". Did you mean suite?\nRun: npm run bench -- --help\n');
  exit.mockRestore();
});

afterEach(() => vi.unstubAllEnvs());

test('a path is relative to where npm was called', () => {
  vi.stubEnv('INIT_CWD', '/somewhere/e2e');
  expect(fromCallersFolder('session/cookie.spec.ts')).toBe('/somewhere/e2e/session/cookie.spec.ts');
  expect(fromCallersFolder('/absolute.pem')).toBe('/absolute.pem');
});

test('standard input is no path', () => {
  expect(fromCallersFolder('-')).toBe('-');
});
