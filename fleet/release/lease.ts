import { HarnessError } from '../errors.ts';
import { reasonOf, statusOf, type KubernetesApi } from '../kubernetes/api.ts';
import { deployerName } from '../manifests/deployer.ts';
import type { KubeObject } from '../manifests/objects.ts';

interface Lease extends KubeObject {
  spec?: { holderIdentity?: string; leaseDurationSeconds?: number; acquireTime?: string; renewTime?: string };
}

const lastsMs = 60_000;
/** A short outage of the API loses no Lease, and neither do clocks that differ by less than the rest of its time. */
const renewMs = 10_000;

/** Times of a Lease have six decimals. */
const now = (): string => new Date().toISOString().replace('Z', '000Z');

/**
 * Does work while nobody else does in that namespace, by its Lease.
 * @param holder who deploys what, told to whoever has to wait.
 * @param work is given a signal that aborts when the Lease is lost.
 * @throws HarnessError when somebody else has the Lease, or gets it in the meantime.
 */
export async function alone<T>(
  api: Pick<KubernetesApi, 'find' | 'replace'>,
  namespace: string,
  holder: string,
  work: (lost: AbortSignal) => Promise<T>,
): Promise<T> {
  const acquireTime = now();
  const failure = (cause: unknown): HarnessError =>
    new HarnessError(`The Lease ${deployerName} of ${namespace} cannot be had: ${reasonOf(cause)}`, { cause });

  /** @returns who has it, when it is somebody else */
  async function write(spec: Lease['spec']): Promise<string | undefined> {
    const metadata = { name: deployerName, namespace };
    const lease = await api.find<Lease>({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata });
    if (!lease)
      throw new Error(
        `there is none. An administrator makes it: kubectl apply -n ${namespace} -f fleet/apps/ci-deployer.yaml`,
      );
    const { holderIdentity, acquireTime: since, renewTime = 0, leaseDurationSeconds = 0 } = lease.spec ?? {};
    const isOver = new Date(renewTime).getTime() + leaseDurationSeconds * 1_000 <= Date.now();
    if (holderIdentity && holderIdentity !== holder && !isOver)
      return `${holderIdentity} in ${namespace} since ${since}, and only one can.`;
    try {
      await api.replace({ ...lease, spec });
    } catch (error) {
      if (statusOf(error) !== 409) throw error;
      // It was written since it was read, perhaps by who was quicker.
      return await write(spec);
    }
    return undefined;
  }
  const hold = (): Promise<string | undefined> =>
    write({ holderIdentity: holder, leaseDurationSeconds: lastsMs / 1_000, acquireTime, renewTime: now() });

  const lost = new AbortController();
  let renewedAt = Date.now();
  async function renew(): Promise<void> {
    try {
      const other = await hold();
      if (other) lost.abort(new HarnessError(`${other} This deploy stops; what it applied stays.`));
      renewedAt = Date.now();
    } catch (error) {
      if (Date.now() - renewedAt >= lastsMs) lost.abort(failure(error));
    }
  }

  const other = await hold().catch((error: unknown) => {
    throw failure(error);
  });
  if (other) {
    throw new HarnessError(
      `${other} Nothing was applied. Wait until it has ended, or cancel it; one that was killed gives way after ${lastsMs / 1_000} s.`,
    );
  }
  let renewing = Promise.resolve();
  const timer = setInterval(() => (renewing = renewing.then(renew)), renewMs);
  try {
    return await work(lost.signal);
  } catch (error) {
    throw lost.signal.aborted ? lost.signal.reason : error;
  } finally {
    clearInterval(timer);
    await renewing;
    // Without this it ends by itself.
    await write({}).catch(() => {});
  }
}
