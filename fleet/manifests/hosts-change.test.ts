import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { appHosts, apps } from '../../apps/environment/apps.ts';
import { developmentHosts, productionHosts } from '../product/hosts.ts';
import { dezky } from '../product/fleet.ts';
import { repositoryRoot } from '../root.ts';
import { applyChanges } from './changes.ts';
import { changesForHosts } from './hosts-change.ts';
import { named, ofKind, type KubeObject } from './objects.ts';
import { render } from './render.ts';

const rendered = await render(join(repositoryRoot, 'fleet', 'e2e'));
const withHosts = (hosts: typeof productionHosts): KubeObject[] =>
  applyChanges(rendered, changesForHosts(rendered, hosts, dezky));
const data = (objects: KubeObject[], name: string) => named(objects, 'ConfigMap', name)?.data ?? {};
const ingressHosts = (objects: KubeObject[]) =>
  new Set(
    ofKind(objects, 'Ingress').flatMap(({ spec }) => [
      ...spec.rules.map(({ host }) => host),
      ...(spec.tls ?? []).flatMap(({ hosts = [] }) => hosts),
    ]),
  );

describe('changesForHosts', () => {
  test('has nothing to change for the production hosts', () => {
    expect(changesForHosts(rendered, productionHosts, dezky)).toEqual([]);
  });

  test('really unsets the public URLs for the development hosts, and maps the rest', () => {
    const objects = withHosts(developmentHosts);
    for (const { name: app } of apps) {
      const names = Object.keys(data(objects, `${app}-config`));
      expect(names.filter((name) => name.startsWith('NUXT_PUBLIC_') || name === 'AUTH_URL')).toEqual([]);
      expect(names).toContain('NITRO_SHUTDOWN_TIMEOUT');
    }
    expect([...ingressHosts(objects)].toSorted()).toEqual(
      ['auth', ...appHosts].map((host) => `${host}.dezky.local`).toSorted(),
    );
    expect(data(objects, 'authentik-config')['AUTHENTIK_PROVIDERS']).toContain(
      '"https://portal.dezky.local/auth/oidc/callback"',
    );
    expect(JSON.stringify(objects)).not.toContain('dezky.example');
  });

  test('sets the public URLs for any other hosts', () => {
    const hosts = { ...productionHosts, auth: 'id.example.net' };
    const objects = withHosts(hosts);
    expect(data(objects, 'operator-config')['NUXT_PUBLIC_AUTH_URL']).toBe('https://id.example.net');
    expect(ingressHosts(objects)).toContain('id.example.net');
    expect(ingressHosts(objects)).not.toContain('auth.dezky.example');
  });
});
