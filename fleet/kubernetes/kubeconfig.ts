import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';

interface Named {
  name: string;
  [field: string]: unknown;
}
interface Context extends Named {
  context?: { cluster?: string; user?: string; namespace?: string };
}
interface Kubeconfig {
  clusters?: Named[];
  users?: Named[];
  contexts?: Context[];
  'current-context'?: string;
}

export interface NamedContext {
  /** Kubeconfig with only that context, its cluster and its user, as JSON. */
  kubeconfig: string;
  /** The namespace that the context names. */
  namespace: string | undefined;
  /** The current context of the file. */
  current: string | undefined;
}

const fileFields = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'];

/**
 * One context of a kubeconfig file, without the others.
 * @param refused creates the error from a sentence.
 */
export function contextOf(file: string, wanted: string, refused: (sentence: string) => Error): NamedContext {
  const known = read(file, refused);
  const context = known.contexts?.find(({ name }) => name === wanted);
  const cluster = known.clusters?.find(({ name }) => name === context?.context?.cluster);
  const user = known.users?.find(({ name }) => name === context?.context?.user);
  if (!context || !cluster || !user) {
    const names = known.contexts?.map(({ name }) => name).join(', ') || 'none';
    throw refused(
      `${file} has no complete context "${wanted}". Its contexts: ${names}. Name one that has a cluster and a user.`,
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
  return {
    kubeconfig: JSON.stringify(minimal),
    namespace: context.context?.namespace,
    current: known['current-context'],
  };
}

function read(file: string, refused: (sentence: string) => Error): Kubeconfig {
  let parsed: unknown;
  try {
    parsed = parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw refused(`The kubeconfig ${file} cannot be read: ${(cause as Error).message}. Name another file.`);
  }
  if (parsed === null || typeof parsed !== 'object') throw refused(`${file} is no kubeconfig. Name another file.`);
  return parsed;
}

/** Relative paths are resolved from the kubeconfig's folder, because the copy is stored elsewhere. */
function withWholePaths(entry: Named, field: string, file: string): Named {
  const content = { ...(entry[field] as Record<string, unknown>) };
  for (const name of fileFields) {
    const path = content[name];
    if (typeof path === 'string') content[name] = resolve(dirname(file), path);
  }
  return { ...entry, [field]: content };
}
