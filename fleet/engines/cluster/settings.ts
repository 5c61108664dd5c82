import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { CannotRunHere } from '../../errors.ts';

interface Named {
  name: string;
  [field: string]: unknown;
}
interface Kubeconfig {
  clusters?: Named[];
  users?: Named[];
  contexts?: Array<Named & { context?: { cluster?: string; user?: string } }>;
}

const fileFields = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'];

/**
 * The kubeconfig of the cluster that was named, with its one context, cluster and user alone. Neither KUBECONFIG nor the
 * current context is heeded: nobody shall run a fleet on a cluster that he did not name.
 * @throws CannotRunHere when it is not named, cannot be read, or has no such context.
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
  const known = read(file);
  const context = known.contexts?.find(({ name }) => name === wanted);
  const cluster = known.clusters?.find(({ name }) => name === context?.context?.cluster);
  const user = known.users?.find(({ name }) => name === context?.context?.user);
  if (!context || !cluster || !user) {
    const names = known.contexts?.map(({ name }) => name).join(', ') || 'none';
    throw new CannotRunHere(
      `${file} has no complete context "${wanted}" (FLEET_CONTEXT). Its contexts: ${names}. Name one that has a cluster and a user.`,
    );
  }
  const minimal = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [withWholePaths(cluster, 'cluster', file)],
    users: [withWholePaths(user, 'user', file)],
    contexts: [context],
    'current-context': wanted,
  };
  return { kubeconfig: JSON.stringify(minimal), shown: `context "${wanted}" of ${file}` };
}

function read(file: string): Kubeconfig {
  try {
    return parse(readFileSync(file, 'utf8')) as Kubeconfig;
  } catch (cause) {
    throw new CannotRunHere(`FLEET_KUBECONFIG is ${file}, which cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** Relative paths count from the kubeconfig's folder, and the copy is kept elsewhere. */
function withWholePaths(entry: Named, field: string, file: string): Named {
  const content = { ...(entry[field] as Record<string, unknown>) };
  for (const name of fileFields) {
    const path = content[name];
    if (typeof path === 'string') content[name] = resolve(dirname(file), path);
  }
  return { ...entry, [field]: content };
}
