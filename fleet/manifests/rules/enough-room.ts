import { appsIn, type App } from './rule.ts';
import type { Breach, Rule } from './rule.ts';

/** Cores. Node runs an app on one thread, and a page takes 24 ms of it (docs/capacity.md). */
const leastCores = 1;
/** MiB. A pod takes half of it as soon as it has served some pages. */
const leastMebibytes = 256;

const mebibytesIn: Readonly<Record<string, number>> = {
  '': 1 / 2 ** 20,
  k: 1e3 / 2 ** 20,
  Ki: 1 / 2 ** 10,
  M: 1e6 / 2 ** 20,
  Mi: 1,
  G: 1e9 / 2 ** 20,
  Gi: 2 ** 10,
  T: 1e12 / 2 ** 20,
  Ti: 2 ** 20,
};

/** Undefined: in a unit that no manifest here has. */
const mebibytesOf = (quantity: string): number | undefined => {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)(k|Ki|M|Mi|G|Gi|T|Ti)?$/.exec(quantity) ?? [];
  return number === '' ? undefined : Number(number) * (mebibytesIn[unit] ?? Number.NaN);
};

const coresOf = (quantity: string): number =>
  quantity.endsWith('m') ? Number(quantity.slice(0, -1)) / 1000 : Number(quantity);

/** The limits of every app leave room for the work that it does: they are no less than its thread and its heap need. */
export const enoughRoom: Rule = {
  name: 'enough-room',
  check: (objects) => appsIn(objects).flatMap((app) => [...tooSlow(app), ...tooSmall(app)]),
};

function tooSlow({ object, container, path }: App): Breach[] {
  const limit = container.resources?.limits?.['cpu'];
  if (limit === undefined || coresOf(limit) >= leastCores) return [];
  const message = `is ${limit}, so the kernel stops its only thread in the middle of requests and probes: take it out, or give at least ${leastCores}`;
  return [{ object, path: `${path}.resources.limits.cpu`, message }];
}

function tooSmall({ object, container, path }: App): Breach[] {
  const limit = container.resources?.limits?.['memory'];
  // Another rule reports a missing limit.
  if (limit === undefined || (mebibytesOf(limit) ?? 0) >= leastMebibytes) return [];
  const message = `is ${limit}, so a pod that serves requests is killed: give at least ${leastMebibytes}Mi`;
  return [{ object, path: `${path}.resources.limits.memory`, message }];
}
