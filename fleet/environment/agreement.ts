import { appNames, urlVariable } from '../../apps/environment/apps.ts';
import { ofKind, onlyContainer, type KubeObject, type Deployment } from '../manifests/objects.ts';
import { finding, type ConfigurationFinding } from './value-faults.ts';
import { variablesOf, type Reference, type ContainerVariable } from '../manifests/variables.ts';

type Place = readonly [deployment: string, variable: string];

/** Variables that must name the same Authentik, because the tokens of one are not valid at another. */
const authentik: readonly Place[] = [
  ...appNames.map((name) => [name, 'NUXT_PUBLIC_AUTH_URL'] as const),
  ['platform-api', 'AUTH_URL'],
];

/** Each app's own URL, from which its redirect URIs are derived. */
const own = appNames.map((name): Place => [name, urlVariable(name)]);

/** Addresses of other Deployments, which must be those of their Services. */
const toServices = appNames.map((name): Place => [name, 'NUXT_PLATFORM_API_URL']);

/** Values that are valid alone but not together: URLs of different environments, or of a Service that is not there. */
export function disagreements(
  objects: readonly KubeObject[],
  given: ReadonlyMap<string, DeploymentEnvironment>,
): ConfigurationFinding[] {
  const hostIn = ([deployment, variable]: Place): string | undefined => {
    const held = given.get(deployment)?.values.get(variable);
    return held && 'value' in held ? URL.parse(held.value)?.host : undefined;
  };
  const faults = (places: readonly Place[], faultOf: (host: string, deployment: string) => string | undefined) =>
    places.flatMap((place) => {
      const [deployment, variable] = place;
      const host = hostIn(place);
      const fault = host === undefined ? undefined : faultOf(host, deployment);
      if (fault === undefined) return [];
      return [finding(`Deployment ${deployment}`, `${variable} names ${host}, ${fault}`, variable)];
    });
  const first = authentik.find((place) => hostIn(place) !== undefined);
  const services = new Set(ofKind(objects, 'Service').flatMap(({ metadata }) => namesOfService(metadata)));
  return [
    ...faults(authentik, (host) => {
      if (!first || host === hostIn(first)) return undefined;
      return `but ${first[1]} of ${first[0]} names ${hostIn(first)}: signing in at one is not signing in at the other.`;
    }),
    ...faults(own, (host, deployment) => {
      const hosts = hostsOf(objects, deployment);
      if (hosts.length === 0 || hosts.includes(host)) return undefined;
      return `but its Ingress serves ${hosts.join(', ')}: nobody would come back to it.`;
    }),
    ...faults(toServices, (host) => {
      if (services.has(host.replace(/:\d+$/, ''))) return undefined;
      return 'which is no Service here: requests would leave the cluster, and fail with its ingress or its DNS.';
    }),
  ];
}

/** The DNS names of a Service (Kubernetes, DNS for Services and Pods). */
function namesOfService({ name, namespace }: KubeObject['metadata']): string[] {
  if (namespace === undefined) return [name];
  const inNamespace = `${name}.${namespace}`;
  return [name, inNamespace, `${inNamespace}.svc`, `${inNamespace}.svc.cluster.local`];
}

function hostsOf(objects: readonly KubeObject[], service: string): string[] {
  const rules = ofKind(objects, 'Ingress').flatMap(({ spec }) => spec.rules);
  const leading = rules.filter(({ http }) => http.paths.some(({ backend }) => backend.service.name === service));
  return [...new Set(leading.map(({ host }) => host))];
}

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
