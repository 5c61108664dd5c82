import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

const promtool = process.env['PROMTOOL_PATH'] || 'promtool';

export const hasPromtool = (): boolean => spawnSync(promtool, ['--version']).status === 0;

/** What counters count in 15 s for twenty minutes, by series (`name{label="value"}`), and the alerts that must fire then. */
export interface AlertCase {
  name: string;
  counted: Readonly<Record<string, number>>;
  alerts: readonly string[];
}

const rules = parse(readFileSync(new URL('rules.yaml', import.meta.url), 'utf8')) as { spec: object };

/** Evaluates the rules as Prometheus does. @returns the output of promtool: `SUCCESS` when exactly these alerts fire. */
export function checkAlerts(cases: readonly AlertCase[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'alerts-'));
  try {
    writeFileSync(join(folder, 'rules.yaml'), stringify(rules.spec));
    const tests = cases.map(({ name, counted, alerts }) => ({
      name,
      interval: '15s',
      input_series: Object.entries(counted).map(([series, step]) => ({ series, values: `0+${step}x80` })),
      promql_expr_test: [
        {
          expr: 'group by (alertname) (ALERTS{alertstate="firing"})',
          eval_time: '18m',
          exp_samples: alerts.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
        },
      ],
    }));
    const input = { rule_files: ['rules.yaml'], evaluation_interval: '15s', tests };
    writeFileSync(join(folder, 'test.yaml'), stringify(input));
    const { stdout, stderr } = spawnSync(promtool, ['test', 'rules', join(folder, 'test.yaml')], { encoding: 'utf8' });
    return stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
