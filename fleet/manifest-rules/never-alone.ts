import type { Deployment, KubeObject } from '../objects.ts';
import { appsIn } from './apps.ts';
import type { Breach, Rule } from './rule.ts';

const fewestReplicas = 2;

export const neverAlone: Rule = {
  name: 'never-alone',
  demands: `Every app has at least ${fewestReplicas} replicas, and neither a rollout nor an eviction takes Ready pods away first.`,
  check: (objects) =>
    appsIn(objects).flatMap(({ object, deployment }) => {
      const { replicas, strategy } = deployment.spec;
      const breaches: Breach[] = [];
      if ((replicas ?? 1) < fewestReplicas) {
        const said = `is ${replicas ?? 'not set (1)'}, so one pod's end is an outage: give at least ${fewestReplicas}`;
        breaches.push({ object, path: 'spec.replicas', said });
      }
      if (strategy?.type === 'Recreate') {
        const said = 'is Recreate, which ends every pod before the first new one starts: use RollingUpdate';
        breaches.push({ object, path: 'spec.strategy.type', said });
      } else if (Number.parseFloat(String(strategy?.rollingUpdate?.maxUnavailable ?? '25%')) !== 0) {
        const found = strategy?.rollingUpdate?.maxUnavailable ?? 'not set (25%)';
        const said = `is ${found}, so a rollout may take old pods down before new ones are Ready: set it to 0`;
        breaches.push({ object, path: 'spec.strategy.rollingUpdate.maxUnavailable', said });
      }
      if (!objects.some((candidate) => isBudgetOf(candidate, deployment))) {
        const said = 'are selected by no PodDisruptionBudget, so draining nodes may evict all pods at once: add one';
        breaches.push({ object, path: 'spec.template.metadata.labels', said });
      }
      return breaches;
    }),
};

function isBudgetOf(object: KubeObject, { metadata, spec }: Deployment): boolean {
  if (object.kind !== 'PodDisruptionBudget' || object.metadata.namespace !== metadata.namespace) return false;
  const { selector } = object['spec'] as { selector?: { matchLabels?: Record<string, string> } };
  const wanted = Object.entries(selector?.matchLabels ?? {});
  return wanted.length > 0 && wanted.every(([label, value]) => spec.template.metadata.labels[label] === value);
}
