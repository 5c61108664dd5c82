import { expect, test } from 'vitest';
import { regressionOf, type RegressionsOfArea } from '../../fixtures/regressions/regression.ts';
import { affected, reachedBy } from './changed.ts';

const regression = (name: string, changes: Partial<RegressionsOfArea[string]>) =>
  regressionOf('sessions', name, { title: name, explanation: '', change: {}, caughtBy: {}, ...changes });
const source = regression('source', {
  change: { sources: [{ file: 'apps/base/server/a.ts', find: 'a', replace: 'b' }] },
  caughtBy: { 'session/a': /a/ },
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

test('tests run after a change of what they import or what their regressions edit, and it is said why', () => {
  const tests = [
    { spec: 'session/a.spec.ts', tags: ['source'] },
    { spec: 'session/a.spec.ts', tags: ['elsewhere'] },
    { spec: 'session/b.spec.ts', tags: [] },
    { spec: 'pages/c.spec.ts', tags: [] },
  ];
  const specsOf = ([file]: readonly string[]) => (file === 'e2e/b.ts' ? ['e2e/session/b.spec.ts'] : []);
  const reached = (...files: string[]) => reachedBy(tests, files, specsOf, all);
  expect(reached('apps/base/server/a.ts', 'e2e/b.ts', 'README.md')).toEqual({
    tests: [tests[0], tests[2]],
    why: [
      'apps/base/server/a.ts: 1 tests of 1 regressions that change it',
      'e2e/b.ts: 1 tests of 1 specs that are it or import it',
      'No test reaches README.md.',
    ],
    isWhole: true,
  });
  expect(reached('apps/base/app/pages/index.vue')).toEqual({
    tests,
    why: ['apps/base/app/pages/index.vue: all 4 tests, which use the apps: no regression changes it'],
    isWhole: true,
  });
  expect(reached('package-lock.json')).toEqual({
    tests: [],
    why: ['It is not known which tests reach package-lock.json.'],
    isWhole: false,
  });
  expect(reached('README.md', 'apps/base/server/a.test.ts').tests).toEqual([]);
});
