import type { KubeObject } from '../objects.ts';

/** A violation of a rule, which must not be deployed. */
export interface Violation {
  /** Name of the rule. */
  rule: string;
  /** `Deployment operator`. */
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
