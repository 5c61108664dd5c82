import { expect, test, vi } from 'vitest';
import { commandLine, percentage } from './command-line.ts';

test('all missing options are reported at once, with the command that helps', () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${code}`);
  });
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

test('a percentage is a whole number from 1 to 100', () => {
  expect(percentage('100')).toBe(100);
  expect(() => percentage('101')).toThrow('Give a whole number from 1 to 100.');
  expect(() => percentage('0')).toThrow('Give a whole number from 1.');
});
