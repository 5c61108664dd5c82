import { z } from 'zod';
import { didYouMean } from '../did-you-mean.ts';
import { HarnessError } from '../errors.ts';
import type { Images } from '../manifests/images.ts';
import { parseImage } from '../manifests/image-reference.ts';
import {
  containersIn,
  idOf,
  named,
  nameLabel,
  ofKind,
  onlyContainer,
  selects,
  type Deployment,
  type KubeObject,
  type ServiceBackend,
} from '../manifests/objects.ts';

/** The manifests of an app, prepared for a check, and the facts that the check needs. */
export interface OwnManifests {
  /** Name of the app's Deployment. */
  name: string;
  /** Host of its Ingress. Undefined: no Ingress. */
  host?: string | undefined;
  /** The port of the Service with the name of the Deployment. */
  port: ServiceBackend['port'];
  objects: KubeObject[];
  /** The images of its containers. */
  images: readonly string[];
  /** Objects that are not applied: `Ingress shop`. */
  leftOut: readonly string[];
}

/**
 * Kinds that a check applies. It has its own routes and certificates. Custom resources have no controller here, and
 * NetworkPolicies, disruption budgets and autoscalers are written for another cluster.
 */
const applied = new Set([
  'ConfigMap',
  'Deployment',
  'Job',
  'PersistentVolumeClaim',
  'Role',
  'RoleBinding',
  'Secret',
  'Service',
  'ServiceAccount',
  'StatefulSet',
]);

const labels = z.record(z.string(), z.string());
/** The fields of a Deployment that are read before the API server validates it. */
const deploymentShape = z.looseObject({
  spec: z.looseObject({
    selector: z.looseObject({ matchLabels: labels }),
    template: z.looseObject({
      metadata: z.looseObject({ labels }),
      spec: z.looseObject({ containers: z.array(z.looseObject({ name: z.string(), image: z.string() })).min(1) }),
    }),
  }),
});

/** `progressDeadlineSeconds` of the app. */
const progressSeconds = 120;

interface Wanted {
  /** Name of the app's Deployment. Default: that of the Ingress, or the only one. */
  deployment?: string | undefined;
  /** Replaces the image in its manifest. */
  image?: string | undefined;
  /** Whether the check starts its own Redis. */
  redis?: boolean;
}

/**
 * The objects of an app for a fleet of its own, with two replicas.
 * @throws HarnessError when a Deployment is malformed; the app's Deployment is ambiguous, has several containers or no
 *   Service, or references a missing Secret or ConfigMap; or an object has a reserved name.
 */
export function ownManifests(given: readonly KubeObject[], { deployment, image, redis }: Wanted = {}): OwnManifests {
  const objects = structuredClone(given.filter(({ kind }) => applied.has(kind)));
  const reserved = new Set(['edge', 'authentik', ...(redis ? ['redis'] : [])]);
  const taken = objects.find(({ kind, metadata }) => kind !== 'ConfigMap' && reserved.has(metadata.name));
  if (taken) throw new HarnessError(`${idOf(taken)} has a name that the check reserves for itself. Rename it.`);
  for (const object of objects.filter(({ kind }) => kind === 'Deployment')) {
    const path = deploymentShape.safeParse(object).error?.issues[0]?.path.join('.');
    if (path !== undefined) throw new HarnessError(`${idOf(object)}: ${path} is missing or wrong. Correct it.`);
  }
  const app = appAmong(given, objects, deployment);
  const container = onlyContainer(app);
  if (!container) {
    const names = app.spec.template.spec.containers.map(({ name }) => name).join(', ');
    throw new HarnessError(
      `${idOf(app)} has several containers (${names}), and a check supports one. Remove the others.`,
    );
  }
  const service = ofKind(objects, 'Service').find(({ spec }) =>
    selects(spec.selector, app.spec.template.metadata.labels),
  );
  const [port] = service?.spec.ports.toSorted((a, b) => Number(b.name === 'http') - Number(a.name === 'http')) ?? [];
  if (!service || !port)
    throw new HarnessError(`No Service with a port selects the pods of ${idOf(app)}. Add one to the manifests.`);
  const { name } = app.metadata;
  if (service.metadata.name !== name) {
    if (named(objects, 'Service', name))
      throw new HarnessError(
        `Service ${name} does not select the pods of ${idOf(app)}. Give one of them another name.`,
      );
    const ports = structuredClone(service.spec.ports);
    // Two Services cannot have the same node port.
    for (const each of ports) delete each.nodePort;
    const { selector = {} } = service.spec;
    objects.push({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector: { ...selector }, ports } });
  }
  nameByDeployment(objects);
  app.spec.replicas = 2;
  app.spec.progressDeadlineSeconds = progressSeconds;
  const usual = container.image;
  const containers = objects.flatMap(containersIn);
  for (const each of containers) {
    each.imagePullPolicy = 'IfNotPresent';
    // A worker may run the same image.
    if (each.image === usual) each.image = image ?? usual;
  }
  requireReferences(objects);
  return {
    name,
    host: hostOf(given, service.metadata.name),
    port: port.name ? { name: port.name } : { number: port.port },
    objects,
    images: [...new Set(containers.map((each) => each.image))],
    leftOut: given.filter(({ kind }) => !applied.has(kind)).map(idOf),
  };
}

/** The images in the manifests. The app's is marked, so that its crash counts as a failure of the app. */
export const imagesOfManifests = ({ name, objects, images }: OwnManifests): Images => {
  const app = named(objects, 'Deployment', name);
  const own = app && onlyContainer(app)?.image;
  return Object.fromEntries(
    images.map((reference) => {
      if (reference === own) return [reference, { reference, overrideEnv: 'APP_IMAGE', isApp: true as const }];
      const [last = ''] = parseImage(reference).name.split('/').slice(-1);
      return [reference, { reference, overrideEnv: `${last.toUpperCase().replaceAll(/\W/g, '_')}_IMAGE` }];
    }),
  );
};

function appAmong(given: readonly KubeObject[], objects: readonly KubeObject[], wanted?: string): Deployment {
  const deployments = ofKind(objects, 'Deployment');
  const routed = new Set(ofKind(given, 'Ingress').flatMap((ingress) => servicesOf(ingress)));
  const behindIngress = deployments.filter(({ spec }) =>
    ofKind(objects, 'Service').some(
      (service) => routed.has(service.metadata.name) && selects(service.spec.selector, spec.template.metadata.labels),
    ),
  );
  const names = deployments.map(({ metadata }) => metadata.name);
  if (wanted !== undefined) {
    const found = deployments.find(({ metadata }) => metadata.name === wanted);
    if (found) return found;
    throw new HarnessError(`There is no Deployment "${wanted}" in the manifests. ${didYouMean(wanted, names)}`);
  }
  const candidates = behindIngress.length > 0 ? behindIngress : deployments;
  if (candidates.length === 1 && candidates[0]) return candidates[0];
  throw new HarnessError(
    names.length === 0
      ? 'There is no Deployment in the manifests, and the claims are about pods of one.'
      : `Which Deployment is the app? Name it: --deployment <name>. There are: ${names.join(', ')}`,
  );
}

const servicesOf = ({ spec }: ReturnType<typeof ofKind<'Ingress'>>[number]): string[] =>
  (spec.rules ?? []).flatMap(({ http }) => (http?.paths ?? []).map(({ backend }) => backend.service?.name ?? ''));

const hostOf = (given: readonly KubeObject[], service: string): string | undefined =>
  ofKind(given, 'Ingress')
    .filter((ingress) => servicesOf(ingress).includes(service))
    .flatMap(({ spec }) => spec.rules.map(({ host }) => host))
    .find((host) => host && !host.includes('*'));

/** The harness finds pods by this label, which several Deployments of a Helm chart may share. */
function nameByDeployment(objects: readonly KubeObject[]): void {
  const before = ofKind(objects, 'Deployment').map((deployment) => ({
    name: deployment.metadata.name,
    labels: { ...deployment.spec.template.metadata.labels },
  }));
  for (const { spec } of ofKind(objects, 'Service')) {
    const { name } = before.find(({ labels }) => selects(spec.selector, labels)) ?? {};
    if (name !== undefined && spec.selector?.[nameLabel] !== undefined) spec.selector[nameLabel] = name;
  }
  for (const { metadata, spec } of ofKind(objects, 'Deployment')) {
    spec.template.metadata.labels[nameLabel] = metadata.name;
    if (spec.selector.matchLabels[nameLabel] !== undefined) spec.selector.matchLabels[nameLabel] = metadata.name;
  }
}

/** A pod with a missing Secret would never start. */
function requireReferences(objects: readonly KubeObject[]): void {
  for (const object of ofKind(objects, 'Deployment')) {
    const references = [
      ...(object.spec.template.spec.volumes ?? []).flatMap(({ secret, configMap }) => [
        { kind: 'Secret', name: secret?.secretName, optional: secret?.optional } as const,
        { kind: 'ConfigMap', ...configMap } as const,
      ]),
      ...containersIn(object).flatMap(({ env = [], envFrom = [] }) => [
        ...env.flatMap(({ valueFrom }) => [
          { kind: 'Secret', ...valueFrom?.secretKeyRef } as const,
          { kind: 'ConfigMap', ...valueFrom?.configMapKeyRef } as const,
        ]),
        ...envFrom.flatMap(({ secretRef, configMapRef }) => [
          { kind: 'Secret', ...secretRef } as const,
          { kind: 'ConfigMap', ...configMapRef } as const,
        ]),
      ]),
    ];
    for (const { kind, name, optional } of references) {
      if (name === undefined || optional || named(objects, kind, name)) continue;
      throw new HarnessError(
        `${idOf(object)} reads the ${kind} ${name}, which is not among the manifests. Add one with values for tests.`,
      );
    }
  }
}
