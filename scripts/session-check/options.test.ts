import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../../fleet/root.ts';

test('options of an app that is deployed need its address', () => {
  const program = join(repositoryRoot, 'scripts/session-check.ts');
  const { status, stderr } = spawnSync(process.execPath, [program, '--ca', 'ca.pem'], { encoding: 'utf8' });
  expect(stderr).toMatch(/about an app that --url names\. Add --url <address>/);
  expect(status).toBe(2);
});

const url = ['--url', 'https://app.example'];

test.each([
  ['plain http', ['--url', 'http://app.example'], /Give an https address/],
  ...[['--only', 'tabs'], ['--report', 'there'], ['--start', 'node .'], ['--env', 'A=b'], ['--headed']].map(
    (other) =>
      [other[0]!, [...url, ...other], new RegExp(`'--url <address>' cannot be used with option '${other[0]}`)] as const,
  ),
] as const)('--url with %s ends in a sentence', (_what, given, sentence) => {
  const program = join(repositoryRoot, 'scripts/session-check.ts');
  const { status, stderr } = spawnSync(process.execPath, [program, ...given], { encoding: 'utf8' });
  expect(stderr).toMatch(sentence);
  expect(status).toBe(2);
});
