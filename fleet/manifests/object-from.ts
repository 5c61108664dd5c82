import { z } from 'zod';
import { HarnessError } from '../errors.ts';
import type { KubeObject } from './objects.ts';

const anyFields = z.looseObject({});
const withRules = z.looseObject({ rules: z.array(anyFields) });
const binding = z.looseObject({ roleRef: z.looseObject({ kind: z.string(), name: z.string() }) });

const object = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});

/** The fields that code relies on. The API server and the model of the local engine check the others. */
const kinds: Readonly<Record<string, z.ZodType>> = {
  Deployment: z.looseObject({
    spec: z.looseObject({
      template: z.looseObject({
        metadata: z.looseObject({ labels: anyFields }),
        spec: z.looseObject({ containers: z.array(anyFields) }),
      }),
    }),
  }),
  Service: z.looseObject({ spec: anyFields }),
  Ingress: z.looseObject({ spec: withRules }),
  Middleware: z.looseObject({ spec: anyFields }),
  PodDisruptionBudget: z.looseObject({ spec: anyFields }),
  Role: withRules,
  ClusterRole: withRules,
  RoleBinding: binding,
  ClusterRoleBinding: binding,
};

/**
 * Parsed YAML, as an object.
 * @param where its name in errors: `fleet/apps/portal.yaml: a document`.
 * @throws HarnessError with the field, but never with its value, which may be a secret.
 */
export function objectFrom(value: unknown, where: string): KubeObject {
  const parsed = object.safeParse(value);
  const { error } = parsed.success ? (kinds[parsed.data.kind]?.safeParse(value) ?? parsed) : parsed;
  if (!error) return value as KubeObject;
  throw new HarnessError(
    `${where} is not a Kubernetes object: "${error.issues[0]?.path.join('.')}" is missing or wrong. Correct it.`,
  );
}
