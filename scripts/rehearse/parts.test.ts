import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { repositoryRoot } from '../../fleet/root.ts';
import { scratchFolder } from '../../fleet/testing.ts';
import { partOf, registryFault, setVersion } from './parts.ts';

test.each([
  ['foo', /^"foo" names no version\. Parts: /],
  ['bogus-package@1', /^Nothing here needs bogus-package\. /],
  ['node=26', /^There is no part "node"\. Parts: <npm package>@<version>/],
  ['constructor=1', /^There is no part "constructor"/],
  ['authentik=1999.1', /^authentik=1999\.1: The profiles are: /],
  ['redis=./valkey-server', /^redis=\.\/valkey-server: .*is no image with a tag\./],
  ['redis=/no/such/server', /^redis=\/no\/such\/server: ENOENT.* It takes the path of a redis-server/],
])('%s is refused with a sentence', (text, sentence) => {
  expect(() => partOf(text)).toThrow(sentence);
});

test('a part says what it changes, and by what it is tried', () => {
  expect(partOf('authentik=next')).toMatchObject({ args: ['--authentik', 'next'], steps: ['suite'] });
  expect(partOf('traefik=v3.7.0')).toMatchObject({ env: { TRAEFIK_IMAGE: 'traefik:v3.7.0' }, engine: 'k3s' });
  expect(partOf(`redis=${process.execPath}`)).toMatchObject({ env: { REDIS_SERVER_PATH: process.execPath } });
  expect(partOf('node@26')).toMatchObject({ package: { name: 'node', version: '26' } });
});

test('what the weekly run tries are parts', () => {
  const { on, jobs } = parse(readFileSync(join(repositoryRoot, '.github/workflows/nightly.yml'), 'utf8')) as {
    on: { schedule: Array<{ cron: string }> };
    jobs: { rehearse: { if: string; strategy: { matrix: { part: string[] } } } };
  };
  const other = on.schedule.map(({ cron }) => cron).find((cron) => !jobs.rehearse.if.includes(`'${cron}'`));
  expect(other).toMatch(/ 0$/);
  for (const part of jobs.rehearse.strategy.matrix.part) expect(partOf(part).text).toBe(part);
});

test('a version is written where the package is named, or overrides what others need', () => {
  const folder = scratchFolder();
  const file = join(folder, 'package.json');
  writeFileSync(file, JSON.stringify({ devDependencies: { node: '^24.0.0' } }));
  setVersion(folder, { name: 'node', version: '26.0.0' });
  setVersion(folder, { name: 'ufo', version: '1.0.0' });
  const is = { devDependencies: { node: '26.0.0' }, overrides: { ufo: '1.0.0' } };
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(is);
});

test('a registry that does not answer is no version that does not exist', () => {
  expect(registryFault('npm error code ECONNREFUSED\n')).toBe('ECONNREFUSED');
  expect(registryFault('npm error code ETARGET\n')).toBeUndefined();
});
