import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse, stringify } from 'yaml';

const promtool = process.env['PROMTOOL_PATH'] ?? 'promtool';
const isHere = spawnSync(promtool, ['--version']).status === 0;
const rules = parse(readFileSync(new URL('rules.yaml', import.meta.url), 'utf8')) as { spec: object };

/** What pods a and b of operator count in 15 s. */
const perPod = (series: string, counted: readonly number[]): Record<string, number> =>
  Object.fromEntries(counted.map((count, pod) => [`${series},pod="${'ab'[pod]}"}`, count]));
const requests = (...counted: number[]) => perPod('dezky_http_requests_total{route="api"', counted);
const without = (reason: string, ...counted: number[]) =>
  perPod(`dezky_requests_without_session_total{reason="${reason}"`, counted);
/** A load of ten requests a second, as on a local fleet. */
const busy = requests(150, 150);
const refreshes = (fresh: number, refused: number): Record<string, number> => ({
  'dezky_token_refresh_seconds_count{outcome="fresh"}': fresh,
  'dezky_token_refresh_seconds_count{outcome="refused"}': refused,
});

/** What is counted in 15 s for twenty minutes, and the alerts that fire then. */
const cases: Array<[string, Readonly<Record<string, number>>, string[]]> = [
  ['all is well', busy, []],
  ['sessions are in memory', { ...busy, ...without('missing', 75, 75) }, ['DezkySessionsLost']],
  ['a pod has another key', { ...busy, ...without('unreadable', 0, 75) }, ['DezkySessionsLost']],
  ['an old tab asks once a minute, and nobody else', { ...requests(0.25), ...without('missing', 0.25) }, []],
  ['a pod has another secret', { ...busy, ...without('unsealed', 75, 0) }, ['DezkySecretDiffers']],
  ['a stranger sends cookies to every pod', { ...busy, ...without('unsealed', 75, 60) }, []],
  ['a user is deactivated', refreshes(1, 0.2), []],
  ['Authentik refuses the client', refreshes(1, 5), ['DezkyRefreshesRefused']],
  ['Redis is away', { 'dezky_session_store_errors_total{kind="read"}': 4 }, ['DezkySessionStoreUnavailable']],
];

test.skipIf(!isHere)("the alerts that fire (needs promtool, in Debian's prometheus, or PROMTOOL_PATH)", () => {
  const folder = mkdtempSync(join(tmpdir(), 'alerts-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'rules.yaml'), stringify(rules.spec));
  const tests = cases.map(([name, counted, alerts]) => ({
    name,
    interval: '15s',
    input_series: Object.entries(counted).map(([series, step]) => ({
      series: series.replace('}', ',app="operator"}'),
      values: `0+${step}x80`,
    })),
    promql_expr_test: [
      {
        expr: 'group by (alertname) (ALERTS{alertstate="firing"})',
        eval_time: '18m',
        exp_samples: alerts.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
      },
    ],
  }));
  writeFileSync(
    join(folder, 'test.yaml'),
    stringify({ rule_files: ['rules.yaml'], evaluation_interval: '15s', tests }),
  );
  const ran = spawnSync(promtool, ['test', 'rules', join(folder, 'test.yaml')], { encoding: 'utf8' });
  expect(ran.stdout + ran.stderr).toContain('SUCCESS');
});
