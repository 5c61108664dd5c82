import type { Images } from '../../manifests/images.ts';
import type { KubernetesPlace } from '../../run/state.ts';

/** Builds the apps. @returns the images of the fleet, and the folder of each app's build. */
type BuildApps = () => Promise<{ images: Images; builds: Readonly<Record<string, string>> }>;

export interface ReachableCluster extends Pick<KubernetesPlace, 'node' | 'outside' | 'images'> {
  kubeconfig: string;
}

/** What a way to get a cluster is given. */
export interface ProviderOptions {
  runId: string;
  namespace: string;
  /** A run whose cluster is used. */
  shareWith: string | undefined;
  phase: (name: string) => void;
  onProgress: (line: string) => void;
  signal: AbortSignal | undefined;
}

/** A way to get a cluster, after everything was checked that can be checked before the run has any remains. */
export interface ClusterProvider {
  known?: ReachableCluster;
  /** The cluster, and the reference of each image, which its nodes can use. */
  provide(build: BuildApps): Promise<{ cluster: ReachableCluster; images: Record<string, string> }>;
  /** Whether the engine applies cluster-scoped objects, except bindings. Otherwise an administrator has applied them. */
  appliesSharedObjects: boolean;
  /** Labels of the run's namespace, in addition to the run's own. */
  namespaceLabels: Readonly<Record<string, string>>;
  /** Called when the run's namespace exists and is empty. */
  onNamespace(): Promise<void>;
}
