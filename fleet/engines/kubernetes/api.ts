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
import { HarnessError } from '../../errors.ts';
import type { KubeObject } from '../../objects.ts';

/** Who owns the fields that the engine sets (server-side apply). */
const fieldManager = 'dezky-e2e';

/** The parts of the Kubernetes API that an engine uses. */
export class KubernetesApi {
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly authentication: AuthenticationV1Api;
  readonly authorization: AuthorizationV1Api;
  readonly networking: NetworkingV1Api;
  readonly config: KubeConfig;
  readonly #objects: KubernetesObjectApi;

  constructor(kubeconfig: string) {
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

  /** @throws HarnessError when there is one of that name: it is somebody else's. */
  async createNamespace(name: string, labels: Record<string, string>): Promise<{ name: string; uid: string }> {
    const made = await this.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
    return { name, uid: (made.metadata as { uid?: string }).uid ?? '' };
  }

  /** Makes an object that must not be there yet. */
  async create(object: KubeObject): Promise<KubeObject> {
    try {
      return (await this.#objects.create(object as never, undefined, undefined, fieldManager)) as unknown as KubeObject;
    } catch (cause) {
      throw new HarnessError(
        `${object.kind} ${object.metadata.name} cannot be made: ${reasonOf(cause)}. Remove what is in the way, or grant what is missing.`,
        { cause },
      );
    }
  }

  /** Server-side apply. @returns the object as the cluster holds it. */
  async apply(object: KubeObject): Promise<KubeObject> {
    try {
      return (await this.#objects.patch(
        asClientWants(object) as never,
        undefined,
        undefined,
        fieldManager,
        true,
        PatchStrategy.ServerSideApply,
      )) as unknown as KubeObject;
    } catch (cause) {
      throw new HarnessError(
        `${object.kind} ${object.metadata.name} cannot be applied: ${reasonOf(cause)}. Correct the manifest, or grant what is missing.`,
        { cause },
      );
    }
  }

  async read(kind: Pick<KubeObject, 'apiVersion' | 'kind'>, name: string, namespace?: string): Promise<KubeObject> {
    const metadata = namespace === undefined ? { name } : { name, namespace };
    return (await this.#objects.read({ ...kind, metadata } as never)) as unknown as KubeObject;
  }

  /** Replaces an object that was read; fails with a conflict when somebody else has changed it since. */
  async replace(object: KubeObject): Promise<void> {
    await this.#objects.replace(object as never, undefined, undefined, fieldManager);
  }
}

/**
 * The client writes only the fields of its own types, and those have `_` where the API has `-`: without this a
 * CustomResourceDefinition loses `x-kubernetes-preserve-unknown-fields`, and every object of that kind its spec.
 */
function asClientWants<T>(value: T): T {
  if (Array.isArray(value)) return value.map((each: unknown) => asClientWants(each)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name.startsWith('x-kubernetes-') ? name.replaceAll('-', '_') : name,
      asClientWants(each as unknown),
    ]),
  ) as T;
}

/** HTTP status of an answer of the API; 0 when the error is none. */
export const statusOf = (error: unknown): number => (error instanceof ApiException ? error.code : 0);

/** What the API says was wrong, in one sentence. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof ApiException)) return (error as Error).message;
  const body: unknown = error.body;
  try {
    const status = (typeof body === 'string' ? JSON.parse(body) : body) as { message?: string };
    return status.message ?? `status ${error.code}`;
  } catch {
    return `status ${error.code}: ${String(body)}`;
  }
}
