import { expect, test } from 'vitest';
import { describe as sentence } from './report.ts';
import { manifestMutants, mutantsIn } from './manifest-mutants.ts';
import { openManifestRules } from './manifest-rules.ts';

const config = (app: string, values: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${app}-config\ndata:\n${values}`;
const mutators = (text: string) =>
  mutantsIn(new Map([['a.yaml', text]])).map(({ mutator, replacement }) => [mutator, replacement]);

test('a variable is removed, emptied, scaled, and gets the value of another app', () => {
  const own = config('operator', "  NUXT_PUBLIC_OPERATOR_URL: https://operator\n  TIMEOUT: '15000'\n");
  const other = config('portal', '  NUXT_PUBLIC_PORTAL_URL: https://portal\n');
  expect(mutators(`${own}---\n${other}`)).toEqual([
    ['Removed', ''],
    ['Emptied', 'NUXT_PUBLIC_OPERATOR_URL: ""'],
    ['OtherApp', 'NUXT_PUBLIC_OPERATOR_URL: "https://portal"'],
    ['Removed', ''],
    ['Emptied', 'TIMEOUT: ""'],
    ['Doubled', 'TIMEOUT: "30000"'],
    ['Halved', 'TIMEOUT: "7500"'],
    ['Removed', ''],
    ['Emptied', 'NUXT_PUBLIC_PORTAL_URL: ""'],
    ['OtherApp', 'NUXT_PUBLIC_PORTAL_URL: "https://operator"'],
  ]);
});

test('only what Kubernetes accepts, and only what sessions and rollouts depend on', () => {
  const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: operator
spec:
  replicas: 2
  strategy:
    type: RollingUpdate
  selector:
    matchLabels: { a: b }
  template:
    spec:
      containers:
        - name: operator
          image: operator
          resources: { limits: { cpu: 1 } }
`;
  expect(mutators(deployment)).toEqual([
    ['Removed', ''],
    ['Doubled', 'replicas: 4'],
    ['Halved', 'replicas: 1'],
    ['Removed', ''],
    ['Recreate', 'type: {"type":"Recreate"}'],
  ]);
});

test('objects of the harness have none', () => {
  expect(mutators(config('authentik', '  TOKEN: secret\n'))).toEqual([]);
});

test('each of today has an id of its own, and fits the manifests or the secrets of a fleet', async () => {
  const mutants = manifestMutants();
  expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
  const check = await openManifestRules();
  const unfit = mutants.filter(({ file, change }) => file.startsWith('fleet/apps/') && !check(change));
  expect(unfit.map(sentence)).toEqual([]);
});

test('the rules notice that an app has one pod', async () => {
  const check = await openManifestRules();
  const halved = manifestMutants().find(
    ({ file, replacement }) => file.includes('operator') && replacement === 'replicas: 1',
  );
  expect(check(halved!.change)).toMatchObject({ result: 'killed', killer: 'rules of the manifests' });
});
