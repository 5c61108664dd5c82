import { expect, test } from 'vitest';
import { regressionOf, type RegressionsOfArea } from '../../fixtures/regressions/regression.ts';
import { affected } from './changed-since.ts';

const regression = (name: string, changes: Partial<RegressionsOfArea[string]>) =>
  regressionOf('sessions', name, { title: name, explanation: '', change: {}, caughtBy: {}, ...changes });
const source = regression('source', {
  change: { sources: [{ file: 'apps/base/server/a.ts', find: 'a', replace: 'b' }] },
  caughtBy: { 'session/a.spec.ts': /a/ },
});
const variable = regression('variable', { change: { env: [{ deployment: 'operator', name: 'A', value: '1' }] } });
const release = regression('release', { change: { release: [{ file: 'fleet/release/deploy.ts', remove: true }] } });
const elsewhere = regressionOf('hosts', 'elsewhere', { ...source, change: {}, caughtBy: {} });
const all = [source, variable, release, elsewhere];

test.each<[string, { files?: string[]; specs?: string[] }, string[]]>([
  ['nothing', {}, []],
  ['the file of its area', { files: ['fixtures/regressions/hosts.ts'] }, ['elsewhere']],
  ['a spec that catches it', { specs: ['session/a.spec.ts'] }, ['source']],
  ['a product file that it changes', { files: ['apps/base/server/a.ts'] }, ['source']],
  ['release code that it changes', { files: ['fleet/release/deploy.ts'] }, ['release']],
  ['a manifest', { files: ['fleet/apps/operator.yaml'] }, ['variable']],
  ['a document', { files: ['README.md'] }, []],
])('%s', (_what, { files = [], specs = [] }, names) => {
  const chosen = affected(all, { files: new Set(files), specs: new Set(specs) });
  expect(chosen.map(({ name }) => name)).toEqual(names);
});
