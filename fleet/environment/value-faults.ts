import type { Environment } from '../../apps/environment/environments.ts';
import { faultsOf, type Stage } from '../../apps/environment/faults.ts';
import type { KnownValue } from '../manifests/variables.ts';

export interface ConfigurationFinding {
  /** `Deployment operator`, `Secret portal-secrets`. */
  object: string;
  /** The variable or key of the error; absent when it concerns the whole object. */
  variable?: string;
  /** Names the object and the variable, but never a secret's value. */
  sentence: string;
}

export const finding = (object: string, message: string, variable?: string): ConfigurationFinding => ({
  object,
  ...(variable !== undefined && { variable }),
  sentence: `${object}: ${message}`,
});

/** The values that can be read. */
export const plainValues = (values: ReadonlyMap<string, KnownValue>): Record<string, string> =>
  Object.fromEntries([...values].flatMap(([key, held]) => ('value' in held ? [[key, held.value] as const] : [])));

/**
 * What is wrong with the values of variables.
 * @param skipped variables that are not checked.
 */
export function valueFaults(
  object: string,
  { variables, upstreams = {} }: Pick<Environment, 'variables' | 'upstreams'>,
  values: ReadonlyMap<string, KnownValue>,
  { stage, skipped = [] }: { stage: Stage; skipped?: readonly string[] },
): ConfigurationFinding[] {
  const unreadable = [...values].flatMap(([name, held]) => ('fault' in held ? [{ name, fault: held.fault }] : []));
  const left = new Set([...skipped, ...unreadable.map(({ name }) => name)]);
  const known = {
    variables: Object.fromEntries(Object.entries(variables).filter(([name]) => !left.has(name))),
    upstreams: Object.fromEntries(
      Object.entries(upstreams).filter(([, { url, token }]) => !left.has(url) && !left.has(token)),
    ),
  };
  return [
    ...unreadable.map(({ name, fault }) => finding(object, `${name} ${fault}.`, name)),
    ...faultsOf(known, plainValues(values), stage).map(({ variable, sentence }) => finding(object, sentence, variable)),
  ];
}
