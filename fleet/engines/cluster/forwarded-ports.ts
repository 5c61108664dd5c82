/** What a run's forwarder holds open for all who attach: the edge, the mock's control plane, the sessions. */
export const forwardedPorts: ReadonlyArray<readonly [service: string, port: number]> = [
  ['edge', 3128],
  ['edge', 3129],
  ['authentik', 9001],
  ['dezky-data', 6379],
];
