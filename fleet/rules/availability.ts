import { ofKind, selects, type Deployment, type PodDisruptionBudget } from '../manifests/objects.ts';
import type { Breach, Rule } from '../manifests/rule.ts';
import { appsIn, unmet, type Requirements } from './app-rules.ts';

const minReplicas = 2;

const severalPods: Requirements = {
  'spec.replicas': [
    (replicas = 1) => Number(replicas) >= minReplicas,
    `so one pod's end is an outage: give at least ${minReplicas}`,
  ],
};

const replacedOneByOne: Requirements = {
  'spec.strategy.rollingUpdate.maxUnavailable': [
    (most = '25%') => Number.parseFloat(String(most)) === 0,
    'so a rollout may take old pods down before new ones are Ready (default: 25%): set it to 0',
  ],
};

const notAllAtOnce: Requirements = {
  'spec.strategy.type': [
    (type) => type !== 'Recreate',
    'which ends every pod before the first new one starts: use RollingUpdate',
  ],
};

/** Every app has at least two replicas, and neither a rollout nor an eviction removes Ready pods first. */
export const neverAlone: Rule = {
  name: 'never-alone',
  check: (objects) =>
    appsIn(objects).flatMap(({ object }) => {
      const { replicas = 1, strategy } = object.spec;
      const budgets = ofKind(objects, 'PodDisruptionBudget').filter((budget) => isBudgetOf(budget, object));
      const message = 'are selected by no PodDisruptionBudget, so draining nodes may evict all pods at once: add one';
      return [
        ...unmet(object, severalPods),
        ...unmet(object, strategy?.type === 'Recreate' ? notAllAtOnce : replacedOneByOne),
        // Too few replicas are a breach of their own.
        ...(replicas < minReplicas ? [] : budgets.flatMap((budget) => budgetFault(budget, replicas))),
        ...(budgets.length > 0 ? [] : [{ object, path: 'spec.template.metadata.labels', message }]),
      ];
    }),
};

const isBudgetOf = (budget: PodDisruptionBudget, { metadata, spec }: Deployment): boolean =>
  budget.metadata.namespace === metadata.namespace &&
  selects(budget.spec.selector?.matchLabels, spec.template.metadata.labels);

/** The number of pods for a number or a percentage. Kubernetes rounds percentages of a budget up. */
const podsOf = (value: number | string, replicas: number): number =>
  typeof value === 'string' ? Math.ceil((Number.parseFloat(value) / 100) * replicas) : value;

/** A budget must allow the eviction of one pod, or no node can be drained. It must also keep at least one pod. */
function budgetFault(object: PodDisruptionBudget, replicas: number): Breach[] {
  const { minAvailable, maxUnavailable = 0 } = object.spec;
  if (minAvailable !== undefined && object.spec.maxUnavailable !== undefined) {
    const message = 'has minAvailable and maxUnavailable, which Kubernetes refuses: keep one';
    return [{ object, path: 'spec', message }];
  }
  const [field, value, evicted] =
    minAvailable === undefined
      ? ['maxUnavailable', maxUnavailable, podsOf(maxUnavailable, replicas)]
      : ['minAvailable', minAvailable, replicas - podsOf(minAvailable, replicas)];
  if (evicted >= 1 && evicted < replicas) return [];
  const effect =
    evicted < 1 ? 'no node can be drained: let one pod go' : 'all of them may be evicted at once: keep one';
  return [{ object, path: `spec.${field}`, message: `is ${value} of ${replicas} replicas, so ${effect}` }];
}
