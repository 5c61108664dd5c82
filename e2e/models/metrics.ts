import type { Fleet } from '../../fleet/engines/shared/engine.ts';

/** The values of a counter with one label, by the label's value, from a pod's metrics (Prometheus text format 0.0.4). */
export async function metric(fleet: Fleet, pod: string, name: string): Promise<Record<string, number>> {
  const text = await fleet.metrics(pod);
  const samples = text.matchAll(new RegExp(String.raw`^${name}\{\w+="([^"]*)"\} (\S+)$`, 'gm'));
  return Object.fromEntries([...samples].map(([, label = '', value]) => [label, Number(value)]));
}
