import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../../fleet/root.ts';

test('a certificate authority that cannot be read is a sentence, and ends it with 2', () => {
  const args = ['scripts/authentik.ts', 'conformance', 'https://127.0.0.1:1', '--ca', '/no/such/ca.pem'];
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: repositoryRoot,
    encoding: 'utf8',
    env: { ...process.env, AUTHENTIK_TOKEN: 'any', NO_COLOR: '1' },
  });
  expect(stderr).toBe('error --ca /no/such/ca.pem cannot be read (ENOENT). Give the path of a file in PEM.\n');
  expect(status).toBe(2);
});
