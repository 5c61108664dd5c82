import { ofKind, selects, type Deployment, type PodDisruptionBudget } from '../manifests/objects.ts';
import { appsIn, requiring } from './app-rules.ts';
import { type Breach, type Rule } from '../manifests/rule.ts';

const minReplicas = 2;

/** Every app has at least two replicas, and neither a rollout nor an eviction removes Ready pods first. */
export const neverAlone: Rule = {
  name: 'never-alone',
  check: (objects) =>
    appsIn(objects).flatMap(({ object }) => {
      const { replicas, strategy } = object.spec;
      const breaches: Breach[] = [];
      if ((replicas ?? 1) < minReplicas) {
        const message = `is ${replicas ?? 'not set (1)'}, so one pod's end is an outage: give at least ${minReplicas}`;
        breaches.push({ object, path: 'spec.replicas', message });
      }
      if (strategy?.type === 'Recreate') {
        const message = 'is Recreate, which ends every pod before the first new one starts: use RollingUpdate';
        breaches.push({ object, path: 'spec.strategy.type', message });
      } else if (Number.parseFloat(String(strategy?.rollingUpdate?.maxUnavailable ?? '25%')) !== 0) {
        const found = strategy?.rollingUpdate?.maxUnavailable ?? 'not set (25%)';
        const message = `is ${found}, so a rollout may take old pods down before new ones are Ready: set it to 0`;
        breaches.push({ object, path: 'spec.strategy.rollingUpdate.maxUnavailable', message });
      }
      const budgets = ofKind(objects, 'PodDisruptionBudget').filter((budget) => isBudgetOf(budget, object));
      breaches.push(...budgets.flatMap((budget) => budgetFault(budget, replicas ?? 1)));
      if (budgets.length === 0) {
        const message = 'are selected by no PodDisruptionBudget, so draining nodes may evict all pods at once: add one';
        breaches.push({ object, path: 'spec.template.metadata.labels', message });
      }
      return breaches;
    }),
};

const isBudgetOf = (budget: PodDisruptionBudget, { metadata, spec }: Deployment): boolean =>
  budget.metadata.namespace === metadata.namespace &&
  selects(budget.spec.selector?.matchLabels, spec.template.metadata.labels);

/** The number of pods for a number or a percentage. Kubernetes rounds percentages of a budget up. */
const podsOf = (value: number | string, replicas: number): number =>
  typeof value === 'string' && value.endsWith('%')
    ? Math.ceil((Number.parseFloat(value) / 100) * replicas)
    : Number(value);

/** A budget must allow the eviction of one pod, or no node can be drained. It must also keep at least one pod. */
function budgetFault(object: PodDisruptionBudget, replicas: number): Breach[] {
  // Another rule reports too few replicas.
  if (replicas < minReplicas) return [];
  const { minAvailable, maxUnavailable } = object.spec;
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const message = 'has minAvailable and maxUnavailable, which Kubernetes refuses: keep one';
    return [{ object, path: 'spec', message }];
  }
  const [field, value] =
    minAvailable === undefined
      ? (['maxUnavailable', maxUnavailable ?? 0] as const)
      : (['minAvailable', minAvailable] as const);
  const evicted = field === 'minAvailable' ? replicas - podsOf(value, replicas) : podsOf(value, replicas);
  if (evicted >= 1 && evicted < replicas) return [];
  const effect =
    evicted < 1 ? 'no node can be drained: let one pod go' : 'all of them may be evicted at once: keep one';
  return [{ object, path: `spec.${field}`, message: `is ${value} of ${replicas} replicas, so ${effect}` }];
}

/**
 * Seconds. A release waits this long for an app that does not come up, before it rolls back. A pull of its image counts as
 * no progress, and from a slow registry it takes minutes.
 */
const longestRollout = 180;

/** A rollout without progress is reported within three minutes, so that a release rolls back soon. */
export const rolloutDeadline = requiring('rollout-deadline', [
  {
    at: 'spec.progressDeadlineSeconds',
    holds: (seconds) => seconds !== undefined && Number(seconds) <= longestRollout,
    message: (seconds) =>
      `is ${seconds ?? 'not set (600)'}, so a release that is stuck is not rolled back before: give at most ${longestRollout}`,
  },
]);

/** An old ReplicaSet is kept, which `kubectl rollout undo` goes back to. */
export const keptRevisions = requiring('kept-revisions', [
  {
    at: 'spec.revisionHistoryLimit',
    holds: (limit) => limit !== 0,
    message: () => 'is 0, so kubectl rollout undo has nothing to go back to: keep at least 1',
  },
]);
