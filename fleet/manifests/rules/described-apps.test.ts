import { join } from 'node:path';
import { expect, test } from 'vitest';
import { apps } from '../../../apps/environment/apps.ts';
import { repositoryRoot } from '../../root.ts';
import { render } from '../render.ts';
import { violationsOf } from '../rules.ts';
import { describedApps } from './described-apps.ts';

const rendered = await render(join(repositoryRoot, 'fleet/apps'));

test('production has all of every app', () => {
  expect(violationsOf(rendered, [describedApps])).toEqual([]);
});

test.each(apps.flatMap(({ name }) => ['Deployment', 'Service', 'Ingress'].map((kind) => ({ kind, name }))))(
  'without its $kind, $name is named with what to write',
  ({ kind, name }) => {
    // The Ingress that redirects plain HTTP still exists.
    const without = rendered.filter((object) => object.kind !== kind || object.metadata.name !== name);
    expect(violationsOf(without, [describedApps]).map(({ sentence }) => sentence)).toEqual([
      `${kind} ${name}: metadata.name is in no manifest, although apps/environment/apps.ts has the app: ` +
        `write fleet/apps/${name}.yaml and list it in fleet/apps/kustomization.yaml.`,
    ]);
  },
);
