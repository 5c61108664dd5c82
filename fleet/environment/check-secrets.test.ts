import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { appNames } from '../../apps/environment/apps.ts';
import type { KubeObject } from '../manifests/objects.ts';
import { repositoryRoot } from '../root.ts';
import { checkSecrets, filledIn } from './check-secrets.ts';
import { publicValues } from './e2e-secrets.ts';
import { objectsIn, readObjectsFrom } from './read-objects.ts';
import { filledSecrets } from './testing.ts';

const known = publicValues();
const sentencesFor = (objects: readonly KubeObject[]): string[] =>
  checkSecrets(objects, known).map(({ sentence }) => sentence);

test('filled-in Secrets have no fault', () => {
  expect(sentencesFor(filledSecrets())).toEqual([]);
});

test('apps may share a Redis, whose address may be that of the e2e fleet', () => {
  const url = 'redis://dezky-data:6379/1';
  const change = { 'operator-secrets/SESSION_REDIS_URL': url, 'portal-secrets/SESSION_REDIS_URL': url };
  const filled = filledSecrets(change);
  expect(JSON.stringify(filled).split(url)).toHaveLength(3);
  expect(sentencesFor(filled)).toEqual([]);
});

describe('a fault is told by Secret and key', () => {
  const session = 'operator-secrets/NUXT_OIDC_SESSION_SECRET';
  const key = 'portal-secrets/NUXT_OIDC_TOKEN_KEY';
  test.each<[string, Record<string, string | undefined>, string]>([
    [
      'missing',
      { [session]: undefined },
      'NUXT_OIDC_SESSION_SECRET is not set: give it at least 48 random characters.',
    ],
    ['short', { [session]: randomBytes(30).toString('base64') }, 'NUXT_OIDC_SESSION_SECRET has 40 characters'],
    ['a placeholder', { [session]: 'CHANGE_ME' }, 'NUXT_OIDC_SESSION_SECRET is a placeholder'],
    ['no key of AES-256', { [key]: randomBytes(16).toString('base64') }, 'NUXT_OIDC_TOKEN_KEY is not the base64 of 32'],
    [
      'set where nothing reads it',
      { 'platform-api-secrets/COLD_STORAGE_TOKEN': randomBytes(20).toString('hex') },
      'COLD_STORAGE_TOKEN must stay empty',
    ],
  ])('%s', (_, change, message) => {
    const [id = ''] = Object.keys(change);
    const [name] = id.split('/');
    expect(sentencesFor(filledSecrets(change))).toEqual([
      expect.stringMatching(new RegExp(`^\\w+ ${name}: ${escape(message)}`)),
    ]);
  });

  const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

  test('the same value in two apps, and under two keys of one', () => {
    const value = randomBytes(36).toString('base64');
    expect(
      sentencesFor(
        filledSecrets({
          [session]: value,
          'operator-secrets/NUXT_OIDC_AUTH_SESSION_SECRET': value,
          'portal-secrets/NUXT_OIDC_SESSION_SECRET': value,
        }),
      ),
    ).toEqual([
      'Secret operator-secrets: NUXT_OIDC_AUTH_SESSION_SECRET has the value of NUXT_OIDC_SESSION_SECRET of Secret operator-secrets: each must have its own.',
      'Secret portal-secrets: NUXT_OIDC_SESSION_SECRET has the value of NUXT_OIDC_SESSION_SECRET of Secret operator-secrets: each must have its own.',
    ]);
  });

  test('a Secret that is not there, or there twice', () => {
    const objects = filledSecrets();
    expect(sentencesFor(objects.filter(({ metadata }) => metadata.name !== 'portal-secrets'))).toEqual([
      expect.stringMatching(
        /^Secret portal-secrets: is not there\. It holds SESSION_REDIS_URL, NUXT_OIDC_SESSION_SECRET, /,
      ),
    ]);
    expect(sentencesFor([...objects, ...objects.slice(0, 1)])).toEqual([
      'Secret operator-secrets: is there more than once. Keep one.',
    ]);
  });

  test('the values of the e2e fleet are public, also the random ones', async () => {
    const findings = checkSecrets(await readObjectsFrom(join(repositoryRoot, 'fleet/e2e/secrets.yaml')), known);
    const publics = findings.filter(({ sentence }) => sentence.includes('which everybody can read'));
    expect(publics.map(({ object, variable }) => `${object}/${variable}`)).toContain(
      'Secret portal-secrets/NUXT_OIDC_TOKEN_KEY',
    );
    // Four of each app, and three tokens of platform-api.
    expect(publics).toHaveLength(4 * appNames.length + 3);
  });
});

test('base64 under data is read, as the cluster gives it back', () => {
  const encoded = filledSecrets().map(({ stringData = {}, data, ...object }) => {
    const values = Object.entries(stringData as Record<string, string>);
    return { ...object, data: data ?? Object.fromEntries(values.map(([key, value]) => [key, btoa(value)])) };
  });
  expect(sentencesFor(encoded)).toEqual([]);
});

describe('what is said never holds a value', () => {
  test('in findings', () => {
    const change = Object.fromEntries(
      filledIn().flatMap(({ name, variables }) =>
        Object.keys(variables).map((key) => [`${name}/${key}`, 'hunter2 <hunter2>']),
      ),
    );
    const sentences = sentencesFor(filledSecrets(change));
    expect(sentences.length).toBeGreaterThan(10);
    expect(sentences.join('\n')).not.toContain('hunter2');
  });

  test.each(['a: b: hunter2', 'stringData:\n  A: "hunter2', 'kind: Secret\nA: hunter2\nA: hunter2'])(
    'in what cannot be read: %j',
    (text) => {
      expect(() => objectsIn('s.yaml', text)).toThrow(/^(?![\s\S]*hunter2)s\.yaml.*\.$/);
    },
  );
});
