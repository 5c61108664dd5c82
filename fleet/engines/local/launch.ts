import { delimiter, dirname } from 'node:path';
import type { LocalProgram } from '../../manifests/images.ts';
import type { Container } from '../../manifests/objects.ts';

/** The process that replaces a container. */
export interface Launch {
  file: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
}

/**
 * The process of a container: its command and arguments replace those of the image, its variables override those of the
 * image.
 */
export function launchOf(
  { command, args }: Pick<Container, 'command' | 'args'>,
  program: LocalProgram,
  environment: Readonly<Record<string, string>>,
): Launch {
  const [file = '', ...rest] = [
    ...(command ?? program.entrypoint),
    ...(args ?? (command ? [] : program.cmd)),
    ...(program.listen.args ?? []),
  ];
  return {
    file,
    args: rest,
    cwd: program.cwd,
    env: {
      // The Node that runs the engine also runs the apps.
      PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
      ...program.env,
      ...environment,
      ...program.listen.env,
    },
  };
}

/** Proxy settings of a pod: it reaches the fleet's https hosts through the edge, which identifies it by its name. */
export function proxyVariables(proxyUrl: string, podName: string, caFile: string): Record<string, string> {
  const proxy = new URL(proxyUrl);
  proxy.username = podName;
  proxy.password = 'x';
  return {
    HTTPS_PROXY: proxy.href,
    HTTP_PROXY: proxy.href,
    NO_PROXY: '127.0.0.1,localhost',
    NODE_USE_ENV_PROXY: '1',
    NODE_EXTRA_CA_CERTS: caFile,
  };
}

/** Further certificate authorities that Node trusts here. The edge needs them for an Authentik outside the fleet. */
export const authorityVariables = ({ NODE_EXTRA_CA_CERTS: file }: NodeJS.ProcessEnv): Record<string, string> =>
  file ? { NODE_EXTRA_CA_CERTS: file } : {};
