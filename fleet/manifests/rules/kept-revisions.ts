import { appsIn } from './apps.ts';
import type { Breach, Rule } from './rule.ts';

/** An old ReplicaSet is kept, which `kubectl rollout undo` goes back to. */
export const keptRevisions: Rule = {
  name: 'kept-revisions',
  check: (objects) =>
    appsIn(objects)
      .filter(({ object }) => object.spec.revisionHistoryLimit === 0)
      .map(({ object }): Breach => ({
        object,
        path: 'spec.revisionHistoryLimit',
        message: 'is 0, so kubectl rollout undo has nothing to go back to: keep at least 1',
      })),
};
