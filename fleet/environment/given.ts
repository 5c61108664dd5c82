import { idOf, onlyContainer } from '../manifests/objects.ts';
import type { Container, Deployment, EnvVar, KubeObject } from '../manifests/objects.ts';
import type { KnownValue } from './values.ts';
import { valuesOf } from './values.ts';

/** The value of one variable of a Deployment, and its source. */
type EnvironmentValue = KnownValue & {
  /** `ConfigMap operator-config`, `Secret operator-secrets`, or `env`. */
  from: string;
};

export interface DeploymentEnvironment {
  values: Map<string, EnvironmentValue>;
  /** Every place that sets a variable, including places that a later one overrides. */
  written: Array<{ name: string; from: string }>;
  /** Objects that the Deployment references but that are not in the input; `optional` as in the Deployment. */
  missing: Array<{ id: string; optional: boolean }>;
}

/** The environment of a Deployment's container: envFrom in order, then env, as far as the given objects contain it. */
export function givenEnvironmentOf(deployment: Deployment, objects: readonly KubeObject[]): DeploymentEnvironment {
  const container = onlyContainer(deployment);
  const environment: DeploymentEnvironment = { values: new Map(), written: [], missing: [] };
  if (!container) return environment;
  const find = (id: string, optional = false): KubeObject | undefined => {
    const found = objects.find((candidate) => idOf(candidate) === id);
    if (!found && !environment.missing.some((missing) => missing.id === id)) environment.missing.push({ id, optional });
    return found;
  };
  readEnvFrom(container, environment, find);
  for (const entry of container.env ?? []) readEnv(entry, deployment, environment, find);
  return environment;
}

function addVariable({ values, written }: DeploymentEnvironment, name: string, value: EnvironmentValue): void {
  values.set(name, value);
  written.push({ name, from: value.from });
}

type Find = (id: string, optional?: boolean) => KubeObject | undefined;

function readEnvFrom(container: Container, environment: DeploymentEnvironment, find: Find): void {
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const ref = configMapRef ?? secretRef;
    if (!ref) continue;
    const id = `${configMapRef ? 'ConfigMap' : 'Secret'} ${ref.name}`;
    const object = find(id, ref.optional);
    for (const [key, known] of object ? valuesOf(object) : [])
      addVariable(environment, prefix + key, { ...known, from: id });
  }
}

function readEnv(
  { name, value, valueFrom }: EnvVar,
  deployment: Deployment,
  environment: DeploymentEnvironment,
  find: Find,
): void {
  if (valueFrom?.fieldRef) {
    addVariable(environment, name, { value: fieldOf(valueFrom.fieldRef.fieldPath, deployment), from: 'env' });
    return;
  }
  const ref = valueFrom?.configMapKeyRef ?? valueFrom?.secretKeyRef;
  if (!ref) {
    addVariable(environment, name, { value: value ?? '', from: 'env' });
    return;
  }
  const id = `${valueFrom?.configMapKeyRef ? 'ConfigMap' : 'Secret'} ${ref.name}`;
  const object = find(id, ref.optional);
  const known = object && valuesOf(object).get(ref.key);
  if (known) addVariable(environment, name, { ...known, from: id });
}

/** A label has the value from the template. Any other field gets its value when a pod exists. */
function fieldOf(path: string, { spec }: Deployment): string {
  const label = /^metadata\.labels\['([^']+)'\]$/.exec(path)?.[1];
  return label === undefined ? 'known-when-it-runs' : (spec.template.metadata.labels[label] ?? '');
}
