import type { KubeObject } from '../manifests/objects.ts';
import { objectsIn } from './read-objects.ts';
import { secretsYaml } from './secrets-yaml.ts';

/** Values that other services would issue, different for each key and Secret. */
const issued = (secret: string, key: string): string =>
  `${Buffer.from(`${key} of ${secret}`).toString('base64url').split('').toReversed().join('')}0Zq9`;

/** A filled-in copy of the output of `npm run config -- make-secrets`. */
export function filledSecrets(change: Readonly<Record<string, string | undefined>> = {}): KubeObject[] {
  const objects = objectsIn('secrets', secretsYaml({ random: true }));
  for (const { kind, metadata, ...fields } of objects) {
    const data = (fields['stringData'] ?? fields['data']) as Record<string, string>;
    for (const key of Object.keys(data)) {
      if (kind === 'Secret' && data[key] === '' && !/^(OCIS|COLD_STORAGE)_/.test(key))
        data[key] = issued(metadata.name, key);
      if (key === 'SESSION_REDIS_URL') data[key] = 'redis://dezky-data:6379/1';
      if (key === 'STALWART_URL') data[key] = 'http://10.42.0.1:8080';
      const id = `${metadata.name}/${key}`;
      if (!Object.hasOwn(change, id)) continue;
      const value = change[id];
      if (value === undefined) delete data[key];
      else data[key] = value;
    }
  }
  return objects;
}
