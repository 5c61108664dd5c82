import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { CannotRunHere } from '../../errors.ts';

/** Where every server of a run listens. */
export const host = '127.0.0.1';

/** Below the ranges from which Linux (32768+) and macOS (49152+) take ports for outgoing connections. */
const first = 20_000;
const blockSize = 200;
const blocks = 60;

/**
 * Local ports of one run. A run claims a block of ports by listening on the first one for its whole life. Two runs
 * never race for a port, and the kernel frees the block when the run ends.
 */
export class Ports {
  readonly #base: number;
  readonly #used = new Set<number>();
  #next = 1;

  private constructor(base: number) {
    this.#base = base;
  }

  /** Claims a block by letting `server` listen on its first port. */
  static async claim(server: Server): Promise<Ports> {
    const start = Math.floor(Math.random() * blocks);
    for (let step = 0; step < blocks; step += 1) {
      const base = first + ((start + step) % blocks) * blockSize;
      if (await listens(server, base)) return new Ports(base);
    }
    throw new CannotRunHere(
      `No free ports between ${first} and ${first + blocks * blockSize}. End runs with: npm run fleet -- down --all`,
    );
  }

  get first(): number {
    return this.#base;
  }

  /** A free port. It cycles through the block, so that a released port is reused last. */
  async take(): Promise<number> {
    for (let step = 1; step < blockSize; step += 1) {
      const port = this.#base + this.#next;
      this.#next = (this.#next % (blockSize - 1)) + 1;
      if (this.#used.has(port)) continue;
      this.#used.add(port);
      if (await isFree(port)) return port;
      this.#used.delete(port);
    }
    throw new CannotRunHere(`All ${blockSize} ports of this run are in use. Scale something down.`);
  }

  release(port: number): void {
    this.#used.delete(port);
  }
}

async function listens(server: Server, port: number): Promise<boolean> {
  try {
    await once(server.listen(port, host), 'listening');
    return true;
  } catch (error) {
    if (['EADDRINUSE', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  if (!(await listens(probe, port))) return false;
  await new Promise((resolve) => probe.close(resolve));
  return true;
}
