import {
  ApiException,
  AppsV1Api,
  AuthenticationV1Api,
  AuthorizationV1Api,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  NetworkingV1Api,
  PatchStrategy,
} from '@kubernetes/client-node';
import { HarnessError } from '../errors.ts';
import { idOf, type KubeObject } from '../manifests/objects.ts';

export interface Access {
  /** The core group is ''. */
  group: string;
  /** Plural; a subresource after a slash: `pods/log`. */
  resource: string;
  verb: string;
  /** The name, when the operation is on one object only. */
  name?: string;
}

/** The parts of the Kubernetes API that this repository uses. */
export class KubernetesApi {
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly authentication: AuthenticationV1Api;
  readonly authorization: AuthorizationV1Api;
  readonly networking: NetworkingV1Api;
  readonly config: KubeConfig;
  readonly #objects: KubernetesObjectApi;
  readonly #fieldManager: string;

  /** @param fieldManager owner of the fields that are set (server-side apply). */
  constructor(kubeconfig: string, fieldManager: string) {
    this.#fieldManager = fieldManager;
    const config = new KubeConfig();
    config.loadFromString(kubeconfig);
    this.core = config.makeApiClient(CoreV1Api);
    this.apps = config.makeApiClient(AppsV1Api);
    this.authentication = config.makeApiClient(AuthenticationV1Api);
    this.authorization = config.makeApiClient(AuthorizationV1Api);
    this.networking = config.makeApiClient(NetworkingV1Api);
    this.config = config;
    this.#objects = KubernetesObjectApi.makeApiClient(config);
  }

  /** @throws HarnessError when an object of that name exists, because it belongs to someone else. */
  async createNamespace(name: string, labels: Record<string, string>): Promise<{ name: string; uid: string }> {
    const made = await this.create<KubeObject>({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
    return { name, uid: made.metadata.uid ?? '' };
  }

  /** Creates an object that must not exist yet. */
  create<T extends KubeObject>(object: T): Promise<T> {
    return this.#objects
      .create(object, undefined, undefined, this.#fieldManager)
      .catch(refusal(`${idOf(object)} cannot be made`, 'Remove what is in the way, or grant what is missing.'));
  }

  /** Server-side apply. @returns the object in the cluster, or in a dry run the object that would result. */
  apply<T extends KubeObject>(object: T, { dryRun = false }: { dryRun?: boolean } = {}): Promise<T> {
    return this.#objects
      .patch(
        asClientWants(object),
        undefined,
        dryRun ? 'All' : undefined,
        this.#fieldManager,
        true,
        PatchStrategy.ServerSideApply,
      )
      .catch(refusal(`${idOf(object)} cannot be applied`, 'Correct the manifest, or grant what is missing.'));
  }

  async read<T extends KubeObject = KubeObject>(
    kind: Pick<T, 'apiVersion' | 'kind'>,
    name: string,
    namespace?: string,
  ): Promise<T> {
    const metadata = namespace === undefined ? { name } : { name, namespace };
    return await this.#objects.read<T>({ ...kind, metadata });
  }

  /** Whether the caller may do that, like `kubectl auth can-i`; "" means all namespaces. */
  async may({ group, resource: named, verb, name }: Access, namespace: string): Promise<boolean> {
    const [resource = '', subresource] = named.split('/');
    const { status } = await this.authorization.createSelfSubjectAccessReview({
      body: {
        spec: {
          resourceAttributes: {
            group,
            resource,
            verb,
            namespace,
            ...(subresource === undefined ? {} : { subresource }),
            ...(name === undefined ? {} : { name }),
          },
        },
      },
    });
    return status?.allowed ?? false;
  }

  /** Those of the permissions that the caller does not have. */
  async lacking<T extends Access>(needs: readonly T[], namespace: string): Promise<T[]> {
    const answers = await Promise.all(needs.map((need) => this.may(need, namespace)));
    return needs.filter((_, index) => !answers[index]);
  }

  /** The object of that kind, name and namespace in the cluster; undefined when it does not exist. */
  find<T extends KubeObject>(object: Pick<T, 'apiVersion' | 'kind' | 'metadata'>): Promise<T | undefined> {
    const { apiVersion, kind, metadata } = object;
    const { name, namespace } = metadata;
    return this.read<T>({ apiVersion, kind }, name, namespace)
      .catch(undefinedWhenAbsent)
      .catch(refusal(`${kind} ${name} cannot be read`));
  }

  /** Removes an object, and its dependents afterwards. An object that is gone already is not an error. */
  async remove(object: KubeObject): Promise<void> {
    // Without a policy the pods of a Job would stay.
    await this.#objects
      .delete(object, undefined, undefined, undefined, undefined, 'Background')
      .catch(undefinedWhenAbsent)
      .catch(refusal(`${idOf(object)} cannot be removed`, 'Remove it, or grant what is missing.'));
  }

  /** Replaces an object that was read before. Fails with a conflict when it was changed in the meantime. */
  async replace(object: KubeObject): Promise<void> {
    await this.#objects.replace(object, undefined, undefined, this.#fieldManager);
  }
}

/**
 * The client serializes only the fields of its own types, which have `_` where the API has `-`, and `_from` for `from`.
 * Without this function a CustomResourceDefinition loses `x-kubernetes-preserve-unknown-fields`, and every object of that
 * kind loses its spec; a NetworkPolicy lets everybody in.
 */
function asClientWants<T>(value: T): T {
  if (Array.isArray(value)) return value.map((each: unknown) => asClientWants(each)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name === 'from' ? '_from' : name.startsWith('x-kubernetes-') ? name.replaceAll('-', '_') : name,
      asClientWants(each as unknown),
    ]),
  ) as T;
}

/** For `catch`: the API's refusal, with what to do about it. */
const refusal =
  (what: string, remedy = '') =>
  (cause: unknown): never => {
    const reason = reasonOf(cause);
    const [, namespace] = /^namespaces "(.+)" not found$/.exec(reason) ?? [];
    const advice = namespace ? `Make the namespace first: kubectl create namespace ${namespace}` : remedy;
    throw new HarnessError(`${what}: ${reason}. ${advice}`.trim(), { cause });
  };

/** HTTP status of an API error; 0 when the error is not from the API. */
export const statusOf = (error: unknown): number => (error instanceof ApiException ? error.code : 0);

/** For `catch`: what does not exist gives undefined instead of an error. */
export function undefinedWhenAbsent(error: unknown): undefined {
  if (statusOf(error) !== 404) throw error;
}

/** The API's error, or why there is no response, as one sentence without a full stop. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof ApiException)) {
    const { message, cause } = error as Error;
    return cause instanceof Error ? `${message} (${cause.message})` : message;
  }
  if (error.code === 401) return 'it does not know the user (401)';
  const body: unknown = error.body;
  try {
    const status = (typeof body === 'string' ? JSON.parse(body) : body) as { message?: string };
    return status.message ?? `status ${error.code}`;
  } catch {
    return `status ${error.code}: ${String(body)}`;
  }
}
