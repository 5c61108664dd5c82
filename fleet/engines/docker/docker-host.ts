/** Where a client of Docker's talks to. */
export interface DockerAddress {
  socketPath?: string;
  host?: string;
  port?: number | string;
}

/** Whether that is the Docker that a `DOCKER_HOST` names; a port that it does not name is the client's to choose. */
export function isDockerHost(dockerHost: string, { socketPath, host, port }: DockerAddress): boolean {
  const { hostname, port: wantedPort, pathname } = new URL(dockerHost);
  if (hostname === '') return socketPath === pathname;
  return host === hostname && (wantedPort === '' || String(port) === wantedPort);
}
