/** The address that a Docker client uses. */
export interface DockerAddress {
  socketPath?: string;
  host?: string;
  port?: number | string;
}

/** Whether that address is the one in `DOCKER_HOST`. If `DOCKER_HOST` has no port, the client chooses one. */
export function isDockerHost(dockerHost: string, { socketPath, host, port }: DockerAddress): boolean {
  const { hostname, port: wantedPort, pathname } = new URL(dockerHost);
  if (hostname === '') return socketPath === pathname;
  return host === hostname && (wantedPort === '' || String(port) === wantedPort);
}
