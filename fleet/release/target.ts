import { HarnessError } from '../errors.ts';
import { contextOf } from '../kubernetes/context.ts';

/**
 * The target of a release. It never uses the current context by default.
 * @param declared the namespace of the manifests.
 * @returns a kubeconfig with only the named context, and the namespace.
 * @throws HarnessError when file, context and namespace do not match the given names.
 */
export function releaseTarget(
  {
    kubeconfig: file,
    context,
    ...wanted
  }: { kubeconfig: string | undefined; context: string; namespace: string | undefined },
  declared: string | undefined,
) {
  if (!file) throw new HarnessError('No kubeconfig is named. Give --kubeconfig <file>, or set KUBECONFIG.');
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
