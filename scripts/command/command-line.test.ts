import { afterEach, expect, test, vi } from 'vitest';
import { commandLine, fromCallersFolder, percentage, refusingUnknownCommands } from './command-line.ts';

const throwOnExit = () =>
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${code}`);
  });

test('all missing options are reported at once, with the command that helps', () => {
  const exit = throwOnExit();
  let said = '';
  const command = commandLine('deploy')
    .requiredOption('--sha <commit>', 'the commit')
    .requiredOption('--context <name>', 'the context')
    .requiredOption('--given <x>', 'is given')
    .configureOutput({ writeErr: (text) => void (said += text) });
  expect(() => command.parse(['--given', '1'], { from: 'user' })).toThrow('exit 2');
  expect(said).toBe('error: missing: --sha <commit>, --context <name>\nRun: npm run deploy -- --help\n');
  exit.mockRestore();
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

test('a percentage is a whole number from 1 to 100', () => {
  expect(percentage('100')).toBe(100);
  expect(() => percentage('101')).toThrow('Give a whole number from 1 to 100.');
  expect(() => percentage('0')).toThrow('Give a whole number from 1.');
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
