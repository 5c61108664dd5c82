import { readRunState } from '../../fleet/run/state.ts';
import { ofKind } from '../../fleet/manifests/objects.ts';
import { manifestsOfRun } from '../../fleet/run/records.ts';

/** A shorter value is not a secret, and hiding it would remove large parts of a report. */
export const shortestSecret = 12;
const secretName = /secret|token|password|(?:^|[_.])key$/i;

/**
 * Secrets that no report of a run may contain: the values of its Secrets, and the tokens of its control planes.
 * @param runs the ids of the fleets.
 */
export function knownSecrets(runs: readonly string[]): string[] {
  const states = runs.flatMap((runId) => readRunState(runId) ?? []);
  const values = states
    .flatMap(({ runId, edge, control }) => [...secretValues(runId), edge?.controlToken, control?.token])
    .filter((value) => value !== undefined && value.length >= shortestSecret) as string[];
  return [...new Set(values)];
}

const secretValues = (runId: string): string[] =>
  ofKind(manifestsOfRun(runId), 'Secret')
    .flatMap(({ stringData = {}, data = {} }) => [
      ...Object.entries(stringData),
      ...Object.entries(data).map(([name, value]) => [name, Buffer.from(value, 'base64').toString()] as const),
    ])
    .filter(([name]) => secretName.test(name))
    .map(([, value]) => value);
