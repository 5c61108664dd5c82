import { z } from 'zod';
import { HarnessError } from '../errors.ts';
import type { KubeObject } from './objects.ts';

const object = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});

/**
 * Parsed YAML, as an object.
 * @param where its name in errors: `fleet/apps/portal.yaml: a document`.
 * @throws HarnessError with the field, but never with its value, which may be a secret.
 */
export function objectFrom(value: unknown, where: string): KubeObject {
  const { error } = object.safeParse(value);
  if (!error) return value as KubeObject;
  throw new HarnessError(
    `${where} is not a Kubernetes object: "${error.issues[0]?.path.join('.')}" is missing or wrong. Correct it.`,
  );
}
