import { CannotRunHere } from '../../errors.ts';
import { contextOf } from '../../kubernetes/kubeconfig.ts';

/**
 * The kubeconfig of the named cluster, reduced to its context, cluster and user. KUBECONFIG and the current context are
 * ignored: a fleet must not run on a cluster that was not named.
 * @throws CannotRunHere when no file is named, it cannot be read, or it has no such context.
 */
export function namedCluster({ FLEET_KUBECONFIG: file, FLEET_CONTEXT: wanted }: NodeJS.ProcessEnv = process.env): {
  kubeconfig: string;
  shown: string;
} {
  if (!file || !wanted) {
    throw new CannotRunHere(
      'The cluster engine uses only a cluster that is named: set FLEET_KUBECONFIG to a kubeconfig file and ' +
        `FLEET_CONTEXT to one of its contexts (${[!file && 'FLEET_KUBECONFIG', !wanted && 'FLEET_CONTEXT'].filter(Boolean).join(' and ')} ` +
        'is not set). The contexts of a file: kubectl config get-contexts --kubeconfig <file>',
    );
  }
  const { kubeconfig } = contextOf(
    file,
    wanted,
    (sentence) => new CannotRunHere(`${sentence} (FLEET_KUBECONFIG, FLEET_CONTEXT)`),
  );
  return { kubeconfig, shown: `context "${wanted}" of ${file}` };
}
