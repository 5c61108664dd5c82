import { delimiter } from 'node:path';
import { HarnessError } from '../errors.ts';
import { contextOf } from '../kubernetes/context.ts';

export interface ReleaseTarget {
  /** Kubeconfig with only the named context. */
  kubeconfig: string;
  namespace: string;
}

export interface WantedTarget {
  /** File. */
  kubeconfig: string | undefined;
  context: string;
  namespace: string | undefined;
}

/**
 * The target of a release. It never uses the current context by default.
 * @param declared the namespace of the manifests.
 * @throws HarnessError when file, context and namespace do not match the given names.
 */
export function releaseTarget(wanted: WantedTarget, declared: string | undefined): ReleaseTarget {
  const { kubeconfig: file, context } = wanted;
  if (!file) throw new HarnessError('No kubeconfig is named. Give --kubeconfig <file>, or set KUBECONFIG.');
  if (file.includes(delimiter)) {
    throw new HarnessError(`KUBECONFIG names several files (${file}). Give the one that is meant: --kubeconfig <file>`);
  }
  const found = contextOf(file, context, (sentence) => new HarnessError(sentence));
  if (found.current !== context) {
    throw new HarnessError(
      `The current context of ${file} is "${found.current ?? ''}", not "${context}". Make sure which cluster is meant, ` +
        `then: kubectl config use-context ${context} --kubeconfig ${file}`,
    );
  }
  const namespace = wanted.namespace ?? declared;
  if (namespace === undefined) {
    throw new HarnessError('The manifests name no namespace, or several. Give --namespace <name>.');
  }
  if (found.namespace !== undefined && found.namespace !== namespace) {
    throw new HarnessError(
      `The context ${context} is for the namespace ${found.namespace}, and the release for ${namespace}. ` +
        `If that is meant: --namespace ${found.namespace}`,
    );
  }
  return { kubeconfig: found.kubeconfig, namespace };
}
