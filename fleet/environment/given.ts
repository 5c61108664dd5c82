import { onlyContainer, type Deployment, type KubeObject } from '../manifests/objects.ts';
import { variablesOf, type Reference, type ContainerVariable } from '../manifests/variables.ts';

export interface DeploymentEnvironment {
  values: ReadonlyMap<string, ContainerVariable>;
  /** Every place that sets a variable, including places that a later one overrides. */
  written: readonly ContainerVariable[];
  /** Objects that the Deployment references but that are not in the input. */
  missing: readonly Reference[];
}

/** Until a pod exists. A label has the value from the template. */
const unknown = 'known-when-it-runs';

/** The environment of a Deployment's container, as far as the given objects contain it. */
export function givenEnvironmentOf(deployment: Deployment, objects: readonly KubeObject[]): DeploymentEnvironment {
  const container = onlyContainer(deployment);
  const { labels } = deployment.spec.template.metadata;
  const missing = new Map<string, Reference>();
  const written = container
    ? variablesOf(container, objects, { name: unknown, namespace: unknown, labels }, (each) => {
        // A variable that is not set is reported by its name.
        if (each.key === undefined) missing.set(each.id, each);
      })
    : [];
  return {
    values: new Map(written.map((variable) => [variable.name, variable])),
    written,
    missing: [...missing.values()],
  };
}
