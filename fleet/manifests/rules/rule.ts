import type { KubeObject } from '../objects.ts';

/** Something in the manifests that must not be deployed. */
export interface Violation {
  /** Name of the rule. */
  rule: string;
  /** `Deployment operator`. */
  object: string;
  /** Where in the object: `spec.template.spec.containers[0].image`. */
  path: string;
  /** Names the object and the path, says what is wrong and what to do. */
  sentence: string;
}

/** What a rule has found, before it is told. */
export interface Breach {
  object: KubeObject;
  path: string;
  /** Completes "<object>: <path> …", without the full stop. */
  message: string;
}

export interface Rule {
  name: string;
  /** What holds when the rule does, for a list of them. */
  description: string;
  check(objects: readonly KubeObject[]): Breach[];
}
