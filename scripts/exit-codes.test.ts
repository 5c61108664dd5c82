import { spawnSync } from 'node:child_process';
import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { appNames } from '../apps/environment/apps.ts';
import { secretsYaml } from '../fleet/environment/secrets-yaml.ts';

/** Addresses without a listener. */
const closed = [...appNames, 'auth'].map((role) => `--url-${role} https://127.0.0.1:1`).join(' ');
const endsAs = (reason: string): string =>
  JSON.stringify({ time: '2026-01-01T10:00:00.000Z', event: 'session-end', app: 'portal', pod: 'portal-a', reason });
/** The end of the output when each check fails for the same reason: it is said once. */
const endOfSmoke =
  /\n\n✗ 127\.0\.0\.1:1 refuses connections \(GET .*\): look whether the ingress runs and listens\.\n0 passed, 3 failed, 0 skipped\n$/;

test.each<[line: string, input: string, code: number, result: string | RegExp]>([
  ['e2e --run ../../x --list', '', 2, 'There is no run "../../x".'],
  ['deploy --context x --digests x', '', 2, /^error There is no digest of .*for every app\.\n$/],
  ['config check', '', 0, 'Nothing is wrong with what'],
  ['config check --secrets -', secretsYaml({ random: false }), 1, 'is not set'],
  ['config check-secrets -', secretsYaml({ random: false }), 1, 'is not set'],
  ['diagnose --logs -', endsAs('signed-out'), 0, 'signed-out: '],
  ['diagnose --logs -', endsAs('missing'), 1, 'missing: '],
  [`diagnose --for 1 ${closed}`, '', 1, '1. operator, portal, auth gave no complete answer'],
  [`smoke --watch --for 1 ${closed}`, '', 1, 'refuses connections'],
  [`smoke --grep certificate ${closed}`, '', 1, endOfSmoke],
])(
  'the exit code is the result of: %s',
  (line, input, code, result) => {
    using reports = mkdtempDisposableSync(join(tmpdir(), 'exit-codes-'));
    const [command = '', ...options] = line.split(' ');
    if (command === 'smoke') options.push('--reports', reports.path);
    const program = join(import.meta.dirname, `${command}.ts`);
    const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...options], { input, encoding: 'utf8' });
    expect(stripVTControlCharacters(status === 2 ? stderr : stdout)).toMatch(result);
    expect(status).toBe(code);
  },
  60_000,
);
