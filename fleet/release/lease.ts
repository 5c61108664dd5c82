import { HarnessError } from '../errors.ts';
import { reasonOf, statusOf, type KubernetesApi } from '../kubernetes/api.ts';
import { deployerName } from '../rules/deployer.ts';
import type { KubeObject } from '../manifests/objects.ts';

interface Lease extends KubeObject {
  spec?: { holderIdentity?: string; leaseDurationSeconds?: number; acquireTime?: string; renewTime?: string };
}

const durationMs = 60_000;
/** Several renewals may fail before the Lease expires, and clocks may differ by the rest of its duration. */
const renewMs = 10_000;

/** Times of a Lease have six decimals. */
const now = (): string => new Date().toISOString().replace('Z', '000Z');

/**
 * Runs work while holding the Lease of a namespace, so that deploys exclude each other.
 * @param holder identity of the holder, such as `anna deploys 4f0b1c8`. The error of a refused deploy contains it.
 * @param work gets a signal that aborts when the Lease is lost.
 * @throws HarnessError when the Lease has another holder, at the start or later.
 */
export async function withLease<T>(
  api: Pick<KubernetesApi, 'find' | 'replace'>,
  namespace: string,
  holder: string,
  work: (lost: AbortSignal) => Promise<T>,
): Promise<T> {
  const acquireTime = now();
  const failure = (cause: unknown): HarnessError =>
    new HarnessError(`The Lease ${deployerName} of ${namespace} cannot be acquired: ${reasonOf(cause)}`, { cause });

  /** @returns another holder, if there is one */
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
      return `${holderIdentity} in ${namespace} since ${since}. Only one deploy can run at a time.`;
    try {
      await api.replace({ ...lease, spec });
    } catch (error) {
      if (statusOf(error) !== 409) throw error;
      // A concurrent update: read it again.
      return await write(spec);
    }
    return undefined;
  }
  const hold = (): Promise<string | undefined> =>
    write({ holderIdentity: holder, leaseDurationSeconds: durationMs / 1_000, acquireTime, renewTime: now() });

  const lost = new AbortController();
  let renewedAt = Date.now();
  async function renew(): Promise<void> {
    try {
      const other = await hold();
      if (other) lost.abort(new HarnessError(`${other} This deploy stops; what it applied stays.`));
      renewedAt = Date.now();
    } catch (error) {
      if (Date.now() - renewedAt >= durationMs) lost.abort(failure(error));
    }
  }

  const other = await hold().catch((error: unknown) => {
    throw failure(error);
  });
  if (other) {
    throw new HarnessError(
      `${other} Nothing was applied. Wait for it or cancel it; the Lease of a killed deploy expires after ${durationMs / 1_000} s.`,
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
    // If this fails, the Lease expires.
    await write({}).catch(() => {});
  }
}
