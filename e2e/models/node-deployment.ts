import type { KubeObject } from '../../fleet/manifests/objects.ts';

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
export const nodeDeployment = (name: string, { labels, program, env, container }: NodeProgram): KubeObject =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'dezky', labels },
    spec: {
      replicas: 1,
      progressDeadlineSeconds: 60,
      selector: { matchLabels: { 'app.kubernetes.io/name': name } },
      template: {
        metadata: { labels },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 5,
          securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              name: 'node',
              // A Node image that every node of a fleet has; its own program is not started.
              image: 'dezky/upstreams',
              imagePullPolicy: 'IfNotPresent',
              command: ['node', '-e', program],
              env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
              resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '128Mi' } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
              ...container,
            },
          ],
        },
      },
    },
  }) as KubeObject;
