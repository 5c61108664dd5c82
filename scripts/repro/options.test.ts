import { Command } from 'commander';
import { expect, test } from 'vitest';
import { checkOptions } from './options.ts';

const parsed = (...args: string[]): Command =>
  new Command()
    .option('--fixed')
    .option('--no-pods')
    .option('--map <host>')
    .option('--seed <n>', '', '1')
    .parse(args, { from: 'user' });

test.each([
  ['catalogue', ['--fixed'], '--fixed needs the name of a regression. See: npm run repro -- --help'],
  ['recording', ['--no-pods'], '--no-pods needs the name of a regression. See'],
  ['folder', ['--map', 'a', '--seed', '2'], '--map needs a recording (--har, --trace or --curl). See'],
  ['folder', ['--fixed'], '--fixed needs the name of a regression. See'],
  ['catalogue', ['--seed', '2'], '--seed needs a recording (--har, --trace or --curl) or --rate. See'],
  ['regression', ['--map', 'a', '--seed', '2'], '--map needs a recording (--har, --trace or --curl). --seed needs'],
] as const)('for a %s, %j would be ignored', (shown, args, message) => {
  expect(() => checkOptions(parsed(...args), shown)).toThrow(message);
});

test('options with their default, and those of what is shown, pass', () => {
  expect(() => checkOptions(parsed(), 'catalogue')).not.toThrow();
  expect(() => checkOptions(parsed('--seed', '2'), 'folder')).not.toThrow();
  expect(() => checkOptions(parsed('--fixed', '--no-pods'), 'regression')).not.toThrow();
  expect(() => checkOptions(parsed('--map', 'a', '--seed', '2'), 'recording')).not.toThrow();
});
