import type { IncomingHttpHeaders } from 'node:http';

/** The name of a pod is a DNS subdomain (Kubernetes); any other value of a header could be anything. */
export const podName = (text: string): string | undefined =>
  text.length <= 253 && /^[a-z0-9](?:[-.a-z0-9]*[a-z0-9])?$/.test(text) ? text : undefined;

/** Headers by which apps and proxies name what answered. */
const headersWithPods = ['x-served-by', 'x-pod', 'x-pod-name', 'x-hostname', 'x-backend-server', 'x-instance-id'];

/** The pod that an answer names. */
export const podIn = (headers: IncomingHttpHeaders): string | undefined =>
  headersWithPods.map((name) => podName(String(headers[name] ?? ''))).find((name) => name !== undefined);
