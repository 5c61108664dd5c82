import { environments, keptIn, type Environment, type Variable } from '../../apps/environment/environments.ts';
import { idOf, type KubeObject } from '../manifests/objects.ts';
import { sourceValues, type KnownValue } from '../manifests/variables.ts';
import { finding, plainValues, valueFaults, type ConfigurationFinding } from './value-faults.ts';
import { isAddress, isPublic } from './e2e-secrets.ts';

/** One ConfigMap or Secret that is filled in for each environment, and the keys that it must have. */
interface FilledIn {
  id: string;
  kind: string;
  name: string;
  app: string;
  variables: Readonly<Record<string, Variable>>;
}

/**
 * Checks the Secrets of a production environment for missing, short, placeholder, public and unknown values, and for a
 * value under two keys. The ConfigMap of upstreams is checked too if it exists.
 */
export function checkSecrets(
  objects: readonly KubeObject[],
  publicValues: ReadonlySet<string>,
): ConfigurationFinding[] {
  const owners = new Map<string, string>();
  return filledIn().flatMap((expected) => {
    const [object, ...others] = objects.filter((candidate) => idOf(candidate) === expected.id);
    if (!object) return expected.kind === 'Secret' ? [absent(expected)] : [];
    if (others.length > 0) return [finding(expected.id, 'is there more than once. Keep one.')];
    const values = sourceValues(object);
    return [
      ...checkValues(expected, values),
      ...(expected.kind === 'Secret' ? checkSecrecy(expected, values, publicValues, owners) : []),
    ];
  });
}

export function filledIn(): FilledIn[] {
  const all = new Map<string, FilledIn>();
  for (const [app, { variables }] of Object.entries<Environment>(environments)) {
    for (const [name, variable] of Object.entries(variables)) {
      const kept = keptIn(app, variable);
      if (!kept || variable.source === 'config') continue;
      const id = `${kept.kind} ${kept.name}`;
      const object = all.get(id) ?? { id, ...kept, app, variables: {} };
      all.set(id, { ...object, variables: { ...object.variables, [name]: variable } });
    }
  }
  return [...all.values()].toSorted((a, b) => b.kind.localeCompare(a.kind));
}

const absent = ({ id, variables }: FilledIn): ConfigurationFinding =>
  finding(id, `is not there. It holds ${Object.keys(variables).join(', ')}.`);

function checkValues(
  { id, app, variables }: FilledIn,
  values: ReadonlyMap<string, KnownValue>,
): ConfigurationFinding[] {
  const unknown = [...values.keys()].filter((key) => !Object.hasOwn(variables, key));
  return [
    ...valueFaults(id, { variables }, values, { stage: 'production' }),
    ...unknown.map((key) => finding(id, `${key} is nothing that ${app} reads: correct its name or remove it.`, key)),
  ];
}

function checkSecrecy(
  { id, variables }: FilledIn,
  values: ReadonlyMap<string, KnownValue>,
  publicValues: ReadonlySet<string>,
  /** The key of each value that was seen. Filled during the check. */
  owners: Map<string, string>,
): ConfigurationFinding[] {
  return Object.entries(plainValues(values)).flatMap(([key, untrimmed]) => {
    const value = untrimmed.trim();
    if (value === '' || isAddress(value) || !Object.hasOwn(variables, key)) return [];
    const owner = owners.get(value);
    if (owner === undefined) owners.set(value, `${key} of ${id}`);
    return [
      ...(publicValues.has(value) ? [finding(id, `${key} ${isPublic}.`, key)] : []),
      ...(owner === undefined ? [] : [finding(id, `${key} has the value of ${owner}: each must have its own.`, key)]),
    ];
  });
}
