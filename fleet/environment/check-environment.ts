import {
  environments,
  keptIn,
  listenVariables,
  runtimeVariables,
  type Environment,
} from '../../apps/environment/environments.ts';
import type { Stage } from '../../apps/environment/faults.ts';
import { HarnessError } from '../errors.ts';
import { idOf, ofKind, type KubeObject } from '../manifests/objects.ts';
import { render } from '../manifests/render.ts';
import type { Reference } from '../manifests/variables.ts';
import { disagreements, givenEnvironmentOf, type DeploymentEnvironment } from './agreement.ts';
import { finding, valueFaults, type ConfigurationFinding } from './value-faults.ts';
import { isPublic, publicValues } from './e2e-secrets.ts';

interface CheckOptions {
  /** Default: production. */
  stage?: Stage;
  /** Public values, which must not be used as secrets. */
  publicValues?: ReadonlySet<string>;
}

export interface EnvironmentReport {
  findings: ConfigurationFinding[];
  checked: string[];
  /** Secrets and ConfigMaps that a Deployment references and the input lacks, so their contents were not checked. */
  notGiven: string[];
}

/** Checks the environment that manifests give each app against the variables that it reads (apps/environment). */
export function checkEnvironment(objects: readonly KubeObject[], options: CheckOptions = {}): EnvironmentReport {
  const apps = ofKind(objects, 'Deployment').flatMap((deployment) => {
    const environment = environmentNamed(deployment.metadata.name);
    return environment ? [{ deployment, environment, given: givenEnvironmentOf(deployment, objects) }] : [];
  });
  return {
    findings: [
      ...apps.flatMap(({ deployment, environment, given }) =>
        checkDeployment(deployment.metadata.name, environment, given, options),
      ),
      ...disagreements(objects, new Map(apps.map(({ deployment, given }) => [deployment.metadata.name, given]))),
    ],
    checked: apps.map(({ deployment }) => deployment.metadata.name),
    notGiven: [...new Set(apps.flatMap(({ given }) => given.missing.filter(isFilledIn).map(({ id }) => id)))],
  };
}

const environmentNamed = (name: string): Environment | undefined =>
  Object.hasOwn(environments, name) ? environments[name as keyof typeof environments] : undefined;

/** Objects outside the kustomization: Secrets, and optional references. Their absence is not an error. */
const isFilledIn = ({ id, optional }: Reference): boolean => optional || id.startsWith('Secret ');

function checkDeployment(
  name: string,
  environment: Environment,
  given: DeploymentEnvironment,
  options: CheckOptions,
): ConfigurationFinding[] {
  const { stage = 'production', publicValues = new Set() } = options;
  const of = `Deployment ${name}`;
  return [
    ...given.missing
      .filter((missing) => !isFilledIn(missing))
      .map(({ id }) => finding(of, `${id} is not there, so that no pod of it would start.`)),
    ...valueFaults(of, environment, given.values, { stage, skipped: unresolvable(name, environment, given) }),
    ...given.written.flatMap(({ name: variable, from }) => {
      const message = placeFault(variable, environment, from);
      return message === undefined ? [] : [finding(of, `${variable} ${message}.`, variable)];
    }),
    ...[...given.values].flatMap(([variable, held]) => {
      const isOfSecret = stage === 'production' && isSecret(variable, environment) && 'value' in held;
      return isOfSecret && publicValues.has(held.value) ? [finding(of, `${variable} ${isPublic}.`, variable)] : [];
    }),
  ];
}

const unresolvable = (name: string, { variables }: Environment, given: DeploymentEnvironment): string[] =>
  Object.entries(variables).flatMap(([variable, each]) => {
    const kept = keptIn(name, each);
    const isMissing = given.missing.some(({ id }) => kept && id === `${kept.kind} ${kept.name}`);
    return isMissing && !given.values.has(variable) ? [variable] : [];
  });

const isSecret = (variable: string, { variables }: Environment): boolean => variables[variable]?.source === 'secrets';

function placeFault(variable: string, environment: Environment, from: string): string | undefined {
  if (!Object.hasOwn(environment.variables, variable)) {
    if (runtimeVariables.has(variable)) return undefined;
    if (listenVariables.has(variable))
      return `(${from}) changes where the app listens, and its Service and its probes do not know: remove it`;
    return `(${from}) is nothing that the app reads: correct its name, or declare it in apps/environment`;
  }
  if (!isSecret(variable, environment) || from.startsWith('Secret')) return undefined;
  return `is a secret and comes from ${from}, where everybody can read it: move it to a Secret`;
}

/**
 * Checks what the Deployments of a rendered folder are given. Given objects replace rendered ones, so that all objects
 * of a cluster are checked as they are. @throws HarnessError when no Deployment of the product is rendered.
 */
export async function checkKustomization(
  folder: string,
  given: readonly KubeObject[],
  stage: Stage,
): Promise<EnvironmentReport> {
  const ids = new Set(given.map(idOf));
  const objects = [...(await render(folder)).filter((object) => !ids.has(idOf(object))), ...given];
  const report = checkEnvironment(objects, { stage, publicValues: publicValues() });
  if (report.checked.length > 0) return report;
  throw new HarnessError(`${folder} renders no Deployment of the product.`);
}
