import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { repositoryRoot } from '../../fleet/root.ts';
import { signals, signalsOf } from './signals.ts';

interface Rules {
  spec: { groups: Array<{ rules: Array<{ alert: string; expr: string }> }> };
}
const { spec } = parse(readFileSync(join(repositoryRoot, 'fleet/monitoring/rules.yaml'), 'utf8')) as Rules;
const rules = new Map(spec.groups.flatMap((group) => group.rules.map(({ alert, expr }) => [alert, expr])));

test('each alert is one of the rules, and is about its metric', () => {
  const alerts = Object.keys(signals).flatMap((what) => signalsOf(what).alert ?? []);
  expect(alerts.filter(({ name, on }) => !rules.get(name)?.includes(on))).toEqual([]);
});

test('each refusal by an app is logged and counted, and fires an alert if it lasts', () => {
  const refusals = Object.keys(signals).filter(
    (what) => /^[45]\d\d|unavailable|ended|only$/.test(what) && !what.endsWith('ingress'),
  );
  const incomplete = refusals.flatMap((what) => {
    const { lines, counts, alert } = signalsOf(what);
    return lines && counts && alert ? [] : [what];
  });
  // Authentik retries the logout token and logs the failure.
  expect(incomplete).toEqual(['temporarily unavailable']);
});
