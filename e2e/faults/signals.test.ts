import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { repositoryRoot } from '../../fleet/root.ts';
import { isSelected, signals, signalsOf } from './signals.ts';

interface Rules {
  spec: { groups: Array<{ rules: Array<{ alert: string; expr: string }> }> };
}
const { spec } = parse(readFileSync(join(repositoryRoot, 'fleet/monitoring/rules.yaml'), 'utf8')) as Rules;
const rules = new Map(spec.groups.flatMap((group) => group.rules.map(({ alert, expr }) => [alert, expr])));

test.each([
  ['a_total{status=~"5..",status!="501"}', 'a_total{route="api",status="502"}', true],
  ['a_total{status=~"5..",status!="501"}', 'a_total{route="api",status="501"}', false],
  ['a_total{status=~"5..",status!="501"}', 'a_total{route="api",status="200"}', false],
  ['a_total', 'a_total{kind="read"}', true],
  ['a_total', 'a_total_more{kind="read"}', false],
])('%s selects %s: %s', (selector, series, isRight) => {
  expect(isSelected(selector, series)).toBe(isRight);
});

test('each alert is one of the rules, and counts what is named', () => {
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
