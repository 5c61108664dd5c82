import { readdir } from 'node:fs/promises';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createReadStream } from 'node:fs';
import { PassThrough, type Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { getContainerRuntimeClient, type ContainerRuntimeClient } from 'testcontainers';
import { CannotRunHere, HarnessError } from '../../errors.ts';
import { stateDirectory } from '../../root.ts';

const runLabel = 'fleet.run';
const stateLabel = 'fleet.state';

/** Labels of a run's container: the run and its state directory, since other checkouts may use the same Docker. */
export const runLabels = (runId: string): Record<string, string> => ({
  [runLabel]: runId,
  [stateLabel]: resolve(stateDirectory()),
});

/** Variable with a folder of image archives to load instead of pulling. */
const imagesFolderVariable = 'FLEET_IMAGES';

/** The Docker functions that the engines need, on this machine or at `DOCKER_HOST`. */
export class Docker {
  readonly #client: ContainerRuntimeClient;
  readonly #docker: ContainerRuntimeClient['container']['dockerode'];

  private constructor(client: ContainerRuntimeClient) {
    this.#client = client;
    this.#docker = client.container.dockerode;
  }

  /**
   * @param need why Docker is needed, for the message.
   * @throws CannotRunHere when Docker does not respond.
   */
  static async connect(need = 'the k3s engine runs its node as a container'): Promise<Docker> {
    try {
      const docker = new Docker(await getContainerRuntimeClient());
      const { DOCKER_HOST: wanted } = process.env;
      const { socketPath, host } = docker.#docker.modem as { socketPath?: string; host?: string };
      // Testcontainers falls back to another Docker when the named one does not respond.
      if (wanted && !wanted.includes(socketPath ?? host ?? '')) throw new Error(`not at ${wanted}`);
      await docker.#docker.ping();
      return docker;
    } catch (cause) {
      throw new CannotRunHere(
        `Docker does not answer (${(cause as Error).message}), and ${need}. ` +
          'Start Docker, or point DOCKER_HOST at one; check with: docker info',
        { cause },
      );
    }
  }

  /** Content id of an image; undefined when the image is missing. */
  async imageId(reference: string): Promise<string | undefined> {
    return (await this.#docker.getImage(reference).inspect().catch(ignoring(404)))?.Id;
  }

  /**
   * Makes images available: missing ones are loaded from the archives in `FLEET_IMAGES`, or pulled when that is not
   * set.
   * @throws CannotRunHere that names the image and the variable that overrides it.
   */
  async provide(
    wanted: ReadonlyArray<{ reference: string; overrideEnv: string }>,
    onProgress: (line: string) => void,
  ): Promise<void> {
    let missing = await this.#missing(wanted);
    const folder = process.env[imagesFolderVariable];
    for (const archive of folder && missing.length > 0 ? await archivesIn(folder) : []) {
      const startedAt = performance.now();
      await this.#load(archive);
      onProgress(`${archive} loaded (${Math.round(performance.now() - startedAt)} ms)`);
      missing = await this.#missing(missing);
      if (missing.length === 0) return;
    }
    for (const { reference, overrideEnv } of missing) {
      if (folder) {
        throw new CannotRunHere(
          `The image ${reference} is neither in Docker nor in an archive of ${folder} (${imagesFolderVariable}). ` +
            `Name one that is there in ${overrideEnv}, or unset ${imagesFolderVariable} to pull it.`,
        );
      }
      onProgress(`${reference} is being pulled`);
      await this.#pull(reference, overrideEnv);
    }
  }

  async #missing<T extends { reference: string }>(wanted: readonly T[]): Promise<T[]> {
    const ids = await Promise.all(wanted.map(({ reference }) => this.imageId(reference)));
    return wanted.filter((_, index) => ids[index] === undefined);
  }

  async #load(archive: string): Promise<void> {
    await loadArchive(archive, async (content, abortSignal) => {
      const answer = await this.#docker.loadImage(content, { quiet: true, abortSignal });
      await this.#finished(answer, 'docker load');
    });
  }

  async #pull(reference: string, overrideEnv: string): Promise<void> {
    try {
      await this.#finished(await this.#docker.pull(reference), `docker pull ${reference}`);
    } catch (cause) {
      throw new CannotRunHere(
        `The image ${reference} cannot be pulled: ${(cause as Error).message}. Name another in ${overrideEnv}, ` +
          `or a folder of image archives in ${imagesFolderVariable}.`,
        { cause },
      );
    }
  }

  /** Builds an image from a folder with a Dockerfile. @throws HarnessError with the builder's output. */
  async build(context: string, files: string[], tag: string, buildargs: Record<string, string>): Promise<void> {
    const stream = await this.#docker.buildImage({ context, src: files }, { t: tag, buildargs });
    await this.#finished(stream as Readable, `docker build of ${tag}`);
  }

  async tag(reference: string, { name, tag }: { name: string; tag: string }): Promise<void> {
    await this.#docker.getImage(reference).tag({ repo: name, tag });
  }

  /** Removes all tags of a name except the newest, and images without other tags. Images in use are kept. */
  async keepNewest(name: string, count: number): Promise<void> {
    const found = await this.#docker.listImages({ filters: { reference: [name] } });
    const tags = found
      .toSorted((a, b) => b.Created - a.Created)
      .flatMap(({ RepoTags }) => (RepoTags ?? []).filter((tag) => tag.startsWith(`${name}:`)));
    for (const tag of tags.slice(count)) {
      // 409: a container uses it. 404: another process has removed it.
      await this.#docker.getImage(tag).remove().catch(ignoring(404, 409));
    }
  }

  /** One archive of images, as `docker save` writes it, so that shared layers are in it once. */
  async saved(references: readonly string[]): Promise<AsyncIterable<Buffer>> {
    return (await (this.#docker as unknown as SavesImages).getImages({ names: references })) as Readable;
  }

  /** Runs a command in a container. @throws HarnessError with its output when it fails. */
  async exec(container: string, command: string[]): Promise<string> {
    const { output, exitCode } = await this.#client.container.exec(this.#docker.getContainer(container), command);
    if (exitCode === 0) return output;
    throw new HarnessError(`"${command.join(' ')}" failed in the node (exit code ${exitCode}): ${output.trim()}`);
  }

  /** Runs a command in a container with this standard input. @throws HarnessError with its output when it fails. */
  async pipe(container: string, command: string[], input: AsyncIterable<Uint8Array>): Promise<void> {
    const exec = await this.#docker.getContainer(container).exec({
      Cmd: command,
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
    });
    const stream = await exec.start({ hijack: true, stdin: true });
    const output: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => output.push(chunk));
    const broken = await Promise.all([pipeline(input, stream, { end: true }), once(stream, 'end')]).then(
      () => '',
      ({ message }: Error) => ` Its input broke off: ${message}.`,
    );
    const { ExitCode } = await exec.inspect();
    if (ExitCode === 0 && !broken) return;
    throw new HarnessError(
      `"${command.join(' ')}" failed in the node (exit code ${ExitCode}): ${Buffer.concat(output)}${broken}`,
    );
  }

  async isRunning(container: string): Promise<boolean> {
    const found = await this.#docker.getContainer(container).inspect().catch(ignoring(404));
    return found?.State.Running ?? false;
  }

  /** Ids of the containers that belong to a run, or to any run, and whose files are in this state directory. */
  async containersOf(runId?: string): Promise<Array<{ id: string; runId: string }>> {
    const labels = Object.entries(runLabels(runId ?? '')).map(([name, value]) =>
      value === '' ? name : `${name}=${value}`,
    );
    const found = await this.#docker.listContainers({ all: true, filters: { label: labels } });
    return found.map(({ Id, Labels }) => ({ id: Id, runId: Labels[runLabel] ?? '' }));
  }

  async removeRun(runId: string): Promise<void> {
    for (const { id } of await this.containersOf(runId)) {
      // Another process is removing it, or has removed it.
      await this.#docker.getContainer(id).remove({ force: true, v: true }).catch(ignoring(404, 409));
    }
  }

  /** Reads a response of the daemon to its end. @throws HarnessError with the last lines of output. */
  async #finished(stream: NodeJS.ReadableStream, what: string): Promise<void> {
    const output: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string): void =>
        reject(new HarnessError(`${what} failed: ${why}\n${output.slice(-50).join('')}`));
      this.#docker.modem.followProgress(
        stream,
        (error) => (error ? fail(error.message) : resolve()),
        (event: { stream?: string; error?: string }) => {
          if (event.stream) output.push(event.stream);
          if (event.error) fail(event.error);
        },
      );
    });
  }
}

/** Dockerode has it, but its types do not. */
interface SavesImages {
  getImages(options: { names: readonly string[] }): Promise<NodeJS.ReadableStream>;
}

/** For `catch`: an answer of the daemon with one of these statuses is no error, and gives undefined. */
const ignoring =
  (...statuses: readonly number[]) =>
  (error: { statusCode?: number }): undefined => {
    if (!statuses.includes(error.statusCode ?? 0)) throw error;
  };

async function archivesIn(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => /\.tar(\.zst|\.gz)?$/.test(name)).map((name) => join(folder, name));
  } catch (cause) {
    throw new CannotRunHere(
      `${imagesFolderVariable} is ${folder}, which cannot be read. Set it to a folder of image archives, or unset it to pull.`,
      { cause },
    );
  }
}

const decompressors: Readonly<Record<string, () => NodeJS.ReadWriteStream>> = {
  '.zst': createZstdDecompress,
  '.gz': createGunzip,
};

/**
 * Streams a decompressed image archive to a loader, because `docker load` does not decompress zstd.
 * @param load aborted when the archive cannot be read completely, because its input would never end.
 * @throws CannotRunHere that names the file.
 */
export async function loadArchive(
  file: string,
  load: (content: Readable, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const decompress = Object.entries(decompressors).find(([suffix]) => file.endsWith(suffix))?.[1];
  const content = new PassThrough();
  const unreadable = new AbortController();
  const read = decompress
    ? pipeline(createReadStream(file), decompress(), content)
    : pipeline(createReadStream(file), content);
  const loaded = load(content, unreadable.signal);
  loaded.catch((error: unknown) => content.destroy(error as Error));
  try {
    await Promise.all([read, loaded]);
  } catch (cause) {
    unreadable.abort();
    await loaded.catch(() => {});
    throw new CannotRunHere(
      `${file} cannot be loaded into Docker: ${(cause as Error).message.trim()}. Make it anew with docker save, or remove it.`,
      { cause },
    );
  }
}
