import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { repositoryRoot } from '../../fleet/root.ts';
import { tells, tellsOf } from './tells.ts';

interface Rules {
  spec: { groups: Array<{ rules: Array<{ alert: string; expr: string }> }> };
}
const { spec } = parse(readFileSync(join(repositoryRoot, 'fleet/monitoring/rules.yaml'), 'utf8')) as Rules;
const rules = new Map(spec.groups.flatMap((group) => group.rules.map(({ alert, expr }) => [alert, expr])));

test('each alert is one of the rules, and is about its metric', () => {
  const alerts = Object.keys(tells).flatMap((what) => tellsOf(what).alert ?? []);
  expect(alerts.filter(({ name, on }) => !rules.get(name)?.includes(on))).toEqual([]);
});

test('all that a user is refused by an app is in a log, counted, and fires an alert if it lasts', () => {
  const refusals = Object.keys(tells).filter(
    (what) => /^[45]\d\d|unavailable|ended|only$/.test(what) && !what.endsWith('ingress'),
  );
  const lacking = refusals.flatMap((what) => {
    const { lines, counts, alert } = tellsOf(what);
    return lines && counts && alert ? [] : [what];
  });
  // Authentik sends a logout token again, and notes that it could not.
  expect(lacking).toEqual(['temporarily unavailable']);
});
