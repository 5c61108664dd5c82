import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { CannotRunHere } from '../../errors.ts';

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
  readonly #host: string;
  readonly #used = new Set<number>();
  #next = 1;

  private constructor(base: number, host: string) {
    this.#base = base;
    this.#host = host;
  }

  /** Claims a block by letting `server` listen on its first port. */
  static async claim(server: Server, host: string): Promise<Ports> {
    const start = Math.floor(Math.random() * blocks);
    for (let step = 0; step < blocks; step += 1) {
      const base = first + ((start + step) % blocks) * blockSize;
      if (await listens(server, base, host)) return new Ports(base, host);
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
      if (await isFree(port, this.#host)) return port;
      this.#used.delete(port);
    }
    throw new CannotRunHere(`All ${blockSize} ports of this run are in use. Scale something down.`);
  }

  release(port: number): void {
    this.#used.delete(port);
  }
}

async function listens(server: Server, port: number, host: string): Promise<boolean> {
  try {
    await once(server.listen(port, host), 'listening');
    return true;
  } catch (error) {
    if (['EADDRINUSE', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

async function isFree(port: number, host: string): Promise<boolean> {
  const probe = createServer();
  if (!(await listens(probe, port, host))) return false;
  await new Promise((resolve) => probe.close(resolve));
  return true;
}
