import { idOf, type KubeObject } from './objects.ts';

/** A violation of a rule, which must not be deployed. */
export interface RuleViolation {
  rule: string;
  /** `Deployment shop`. */
  object: string;
  /** Path in the object: `spec.template.spec.containers[0].image`. */
  path: string;
  /** Names the object and the path, the error, and how to fix it. */
  sentence: string;
}

/** A finding of a rule, before it becomes a sentence. */
export interface Breach {
  object: KubeObject;
  path: string;
  /** Completes "<object>: <path> …", without the full stop. */
  message: string;
}

export interface Rule {
  name: string;
  check(objects: readonly KubeObject[]): Breach[];
}

/** All violations of rules in rendered manifests, each as a sentence. */
export const violationsOf = (objects: readonly KubeObject[], rules: readonly Rule[]): RuleViolation[] =>
  rules.flatMap(({ name, check }) =>
    check(objects).map(({ object, path, message }) => ({
      rule: name,
      object: idOf(object),
      path,
      sentence: `${idOf(object)}: ${path} ${message}.`,
    })),
  );

/** A value somewhere in an object, and its path: `spec.containers[0].image`. */
export interface ValuePlace {
  path: string;
  /** The last key of the path; undefined for an element of a list. */
  key: string | undefined;
  value: unknown;
}

/** Every value below this one, outermost first. Keys with dots or slashes are written in brackets. */
export function* walk(value: unknown, path = ''): Generator<ValuePlace> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const at = Array.isArray(value) ? `${path}[${key}]` : joined(path, key);
    yield { path: at, key: Array.isArray(value) ? undefined : key, value: inner };
    yield* walk(inner, at);
  }
}

function joined(path: string, key: string): string {
  if (/[./]/.test(key)) return `${path}['${key}']`;
  return path === '' ? key : `${path}.${key}`;
}
