import type { KubeObject } from '../../fleet/manifests/objects.ts';

/** A pod with one container of a Node image that every node of a fleet has; its own program is not started. */
export const nodePod = (name: string, container: object, pod: object = {}): object => ({
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      name,
      image: 'dezky/upstreams',
      imagePullPolicy: 'IfNotPresent',
      resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '256Mi' } },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      ...container,
    },
  ],
  ...pod,
});

interface NodeProgram {
  /** Of the Deployment and its pod. */
  labels: Readonly<Record<string, string>>;
  /** A script for `node -e`. */
  program: string;
  env: Readonly<Record<string, string>>;
  /** More fields of the container. */
  container?: Readonly<Record<string, unknown>>;
}

/** One pod of a script, as a Deployment, since the account of the cluster engine may not create Pods. */
export const nodeDeployment = (name: string, { labels, program, env, container }: NodeProgram): KubeObject => {
  const variables = Object.entries(env).map(([key, value]) => ({ name: key, value }));
  const node = { command: ['node', '-e', program], env: variables, ...container };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'dezky', labels },
    spec: {
      replicas: 1,
      progressDeadlineSeconds: 60,
      selector: { matchLabels: { 'app.kubernetes.io/name': name } },
      template: { metadata: { labels }, spec: nodePod('node', node, { terminationGracePeriodSeconds: 5 }) },
    },
  } as KubeObject;
};
