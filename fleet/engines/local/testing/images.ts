import { fileURLToPath } from 'node:url';
import type { Image } from '../../../manifests/images.ts';

/** Replaces fleet/manifests/images.ts: one program that needs no build. */
export const images: Record<string, Image> = {
  server: {
    reference: 'test/server:1',
    overrideEnv: 'TEST_SERVER_IMAGE',
    local: ({ ports, host }) => ({
      entrypoint: [],
      cmd: ['node', fileURLToPath(new URL('./server.mjs', import.meta.url))],
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      listen: { env: { HOST: host, PORT: String(ports['http']) } },
    }),
  },
};
