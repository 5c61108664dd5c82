/**
 * The ports that a run's forwarder keeps open for every process that attaches: the edge, the mock's control plane,
 * Redis.
 */
export const forwardedPorts: ReadonlyArray<readonly [service: string, port: number]> = [
  ['edge', 3128],
  ['edge', 3129],
  ['authentik', 9001],
  ['dezky-data', 6379],
];
