import { appsIn } from './rule.ts';
import type { Breach, Rule } from './rule.ts';

/** Seconds. A release waits this long for an app that does not come up, before it rolls back. */
const most = 60;
/** Kubernetes' default. */
const defaultDeadline = 600;

/** A rollout without progress is reported within a minute, so that a release rolls back soon. */
export const rolloutDeadline: Rule = {
  name: 'rollout-deadline',
  check: (objects) =>
    appsIn(objects).flatMap(({ object }): Breach[] => {
      const { progressDeadlineSeconds } = object.spec;
      if ((progressDeadlineSeconds ?? defaultDeadline) <= most) return [];
      const found = progressDeadlineSeconds ?? `not set (${defaultDeadline})`;
      const message = `is ${found}, so a release that is stuck is not rolled back before: give at most ${most}`;
      return [{ object, path: 'spec.progressDeadlineSeconds', message }];
    }),
};

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
