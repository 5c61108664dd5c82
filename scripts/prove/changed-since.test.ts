import { expect, test } from 'vitest';
import { regressionOf, type RegressionsOfArea } from '../../fixtures/regressions/regression.ts';
import { affected, entriesIn } from './changed-since.ts';

const regression = (name: string, changes: Partial<RegressionsOfArea[string]>) =>
  regressionOf('sessions', name, { title: name, explanation: '', change: {}, caughtBy: {}, ...changes });
const source = regression('source', {
  change: { sources: [{ file: 'apps/base/server/a.ts', find: 'a', replace: 'b' }] },
  caughtBy: { 'session/a.spec.ts': /a/ },
});
const variable = regression('variable', { change: { env: [{ deployment: 'operator', name: 'A', value: '1' }] } });
const release = regression('release', { change: { release: [{ file: 'fleet/release/deploy.ts', remove: true }] } });
const all = [source, variable, release];

test.each<[string, { files?: string[]; specs?: string[]; entries?: string[] }, string[]]>([
  ['nothing', {}, []],
  ['its own entry', { entries: ['variable'] }, ['variable']],
  ['a spec that catches it', { specs: ['session/a.spec.ts'] }, ['source']],
  ['a product file that it changes', { files: ['apps/base/server/a.ts'] }, ['source']],
  ['release code that it changes', { files: ['fleet/release/deploy.ts'] }, ['release']],
  ['a manifest', { files: ['fleet/apps/operator.yaml'] }, ['variable']],
  ['a document', { files: ['README.md'] }, []],
])('%s', (_what, { files = [], specs = [], entries = [] }, names) => {
  const chosen = affected(all, { files: new Set(files), specs: new Set(specs), entries: new Set(entries) });
  expect(chosen.map(({ name }) => name)).toEqual(names);
});

test('the entries of an area are told apart by their source', () => {
  const source =
    "export const sessions = {\n  'a-fault': {\n    title: 'A',\n  },\n  fault: {\n    title: 'B',\n  },\n};\n";
  expect([...entriesIn(source)]).toEqual([
    ['a-fault', "    title: 'A',"],
    ['fault', "    title: 'B',"],
  ]);
});
