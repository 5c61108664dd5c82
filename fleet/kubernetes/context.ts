import { statSync } from 'node:fs';
import { KubeConfig } from '@kubernetes/client-node';

export interface NamedContext {
  /** Kubeconfig with only that context, its cluster and its user, as JSON. */
  kubeconfig: string;
  namespace: string | undefined;
  current: string | undefined;
}

/**
 * One context of a kubeconfig file, without the others.
 * @param refused creates the error from a sentence.
 */
export function contextOf(file: string, wanted: string, refused: (sentence: string) => Error): NamedContext {
  const config = new KubeConfig();
  try {
    const found = statSync(file);
    // A device may have no end. Shells pass `<(…)` as a pipe.
    if (!found.isFile() && !found.isFIFO()) throw new Error('it is not a file');
    // It also resolves relative paths, because the copy is stored elsewhere.
    config.loadFromFile(file);
  } catch (cause) {
    throw refused(`The kubeconfig ${file} cannot be read: ${(cause as Error).message}. Name another file.`);
  }
  const context = config.getContextObject(wanted);
  const cluster = context && config.getCluster(context.cluster);
  const user = context && config.getUser(context.user);
  if (!context || !cluster || !user) {
    const names =
      config
        .getContexts()
        .map(({ name }) => name)
        .join(', ') || 'none';
    throw refused(
      `${file} has no complete context "${wanted}". Its contexts: ${names}. Name one that has a cluster and a user.`,
    );
  }
  const current = config.getCurrentContext();
  config.loadFromOptions({ clusters: [cluster], users: [user], contexts: [context], currentContext: wanted });
  return { kubeconfig: config.exportConfig(), namespace: context.namespace, current };
}
