/** The name of a pod is a DNS subdomain (Kubernetes); any other value of `x-served-by` could be anything. */
export const podName = (text: string): string | undefined =>
  text.length <= 253 && /^[a-z0-9](?:[-.a-z0-9]*[a-z0-9])?$/.test(text) ? text : undefined;

/** A revision is a version or a commit, as long as the value of a label; any other value of `x-revision` could be anything. */
export const revisionName = (text: string): string | undefined => (/^[\w.+-]{1,63}$/.test(text) ? text : undefined);

/** Headers that name what answered, by what usually sets them. */
export const podHeaders = [
  'x-served-by',
  'x-pod',
  'x-pod-name',
  'x-backend-server',
  'x-instance',
  'x-instance-id',
  'x-hostname',
];

/** The pod that the headers of an answer name. */
export const podIn = (headers: Readonly<Record<string, unknown>>): string | undefined =>
  podHeaders.map((name) => podName(String(headers[name] ?? ''))).find((name) => name !== undefined);
