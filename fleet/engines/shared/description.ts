import type { Hosts } from '../../hosts.ts';
import type { Images } from '../../manifests/images.ts';
import type { KubeObject } from '../../manifests/objects.ts';

/** What a fleet consists of, from which every engine starts it. A product gives it: fleet/product/engines.ts. */
export interface FleetDescription {
  /** What is applied. */
  objects(): Promise<KubeObject[]>;
  /** What only Kubernetes needs. */
  clusterObjects?(): Promise<KubeObject[]>;
  images: Images;
  /** The URL of the module that exports `images`, for the processes of the local engine. */
  imagesModule: string;
  /** The hosts that the manifests name. */
  hosts: Hosts;
  /** The hosts that the apps use when the variables with their URLs are not set. */
  fallback?: { hosts: Hosts; isUrlVariable(name: string): boolean };
  /** The Service of the session store, which tests read. */
  store: { service: string; port: number };
}
