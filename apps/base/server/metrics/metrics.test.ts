import { EventEmitter } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { Histogram } from 'prom-client';
import { expect, test, vi } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { appNames } from '../../../environment/apps.ts';
import { reasonNames, sessionReasons } from '../../../environment/session-reasons.ts';
import { folders, routes } from '../http/routes.ts';
import { signInFailures } from '../../shared/utils/sign-in-failures.ts';
import { metrics, observedRefresh, registry } from './metrics.ts';

vi.stubGlobal('defineNitroPlugin', (plugin: unknown) => plugin);
const { default: plugin } = await import('../plugins/metrics.ts');
let onRequest = (_event: object): void => {};
plugin({ hooks: { hook: (_name: string, hook: typeof onRequest) => (onRequest = hook) } } as never);

const fleet = new URL('../../../../fleet/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, fleet), 'utf8');

interface Rules {
  spec: { groups: Array<{ rules: Array<{ alert: string; expr: string; annotations: { runbook: string } }> }> };
}
const alerts = (parse(read('monitoring/rules.yaml')) as Rules).spec.groups.flatMap(({ rules }) => rules);

const metricsByName = await Promise.all(
  Object.values(metrics).map(async (metric) => {
    const { name } = await metric.get();
    const { labelNames } = metric as unknown as { labelNames: string[] };
    return { name, labelNames, series: metric instanceof Histogram ? ['_count', '_sum', '_bucket'] : [''] };
  }),
);
/** Values that the code gives to these labels. */
const values: Readonly<Record<string, readonly string[]>> = {
  reason: reasonNames,
  outcome: ['fresh', 'ended', 'unavailable', 'failed', ...reasonNames, 'signed-in', ...Object.keys(signInFailures)],
  status: ['5..'],
  app: appNames,
  route: [...routes, ...folders].flatMap(({ serves }) => serves ?? []),
};
/** What Prometheus adds (pod-monitor.yaml). */
const targetLabels = ['app', 'pod'];

test.each(alerts)('$alert asks for metrics, labels and values that the apps have', ({ expr }) => {
  const selectors = [...expr.matchAll(/(dezky_\w+)(?:\{([^}]*)\})?/g)];
  expect(selectors).not.toEqual([]);
  for (const [, series = '', matchers = ''] of selectors) {
    const metric = metricsByName.find(({ name, series: suffixes }) =>
      suffixes.some((suffix) => name + suffix === series),
    );
    expect([series, metric !== undefined]).toEqual([series, true]);
    for (const [, label = '', value = ''] of matchers.matchAll(/(\w+)=~?"([^"]*)"/g)) {
      expect([...targetLabels, ...(metric?.labelNames ?? [])]).toContain(label);
      for (const one of value.split('|')) expect(values[label]).toContain(one);
    }
  }
  const by = [...expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(', '));
  const own = metricsByName.flatMap(({ labelNames }) => labelNames);
  expect([...targetLabels, ...own]).toEqual(expect.arrayContaining(by));
});

test('a pod counts reasons from 0, so that it can be compared with one that has counted some', async () => {
  const reasonsOf = async (counter: 'refusals' | 'sessionEnds') =>
    (await metrics[counter].get()).values.map(({ labels }) => labels.reason);
  expect(await reasonsOf('refusals')).toEqual(reasonNames);
  const ends = reasonNames.filter((reason) => sessionReasons[reason].remembered);
  expect(await reasonsOf('sessionEnds')).toEqual(ends);
});

test('a pod counts the errors of each route from 0, so that the first one is seen', async () => {
  const { values: counted } = await metrics.requests.get();
  const errors = [...new Set(values['route'])].flatMap((route) =>
    [500, 502, 503].map((status) => `${route} ${status}`),
  );
  expect(counted.map(({ labels }) => `${labels.route} ${labels.status}`)).toEqual(errors);
});

test('the alert of each reason is a rule, and one that counts reasons counts those that name it', () => {
  const named: ReadonlyMap<string | undefined, string[]> = Map.groupBy(
    reasonNames,
    (reason) => sessionReasons[reason].alert,
  );
  expect([undefined, ...alerts.map(({ alert }) => alert)]).toEqual(expect.arrayContaining([...named.keys()]));
  const counted = alerts.flatMap(({ alert, expr }) => {
    const [, reasons] = /without_session_total\{reason=~?"([^"]*)"/.exec(expr) ?? [];
    return reasons === undefined ? [] : [[alert, reasons.split('|').toSorted()] as const];
  });
  expect(counted).toEqual(counted.map(([alert]) => [alert, named.get(alert)?.toSorted()]));
});

test.each(alerts)(
  '$alert sees the first value that a pod counts, because the pod has counted from 0',
  async ({ expr }) => {
    const reported = await registry.metrics();
    for (const [, series = '', label = '', given = ''] of expr.matchAll(
      /(dezky_\w+)\{(?!app|status|route)(\w+)=~?"([^"]*)"\}/g,
    ))
      for (const value of given.split('|'))
        expect(reported).toMatch(new RegExp(`^${series}\\{[^}]*${label}="${value}"`, 'm'));
  },
);

test.each(alerts)('the runbook of $alert exists', ({ annotations }) => {
  expect(read(`../${annotations.runbook}`)).toMatch(/^# /);
});

test('the kustomization has every file of its folder', () => {
  const { resources } = parse(read('monitoring/kustomization.yaml')) as { resources: string[] };
  const files = readdirSync(new URL('monitoring/', fleet)).filter((file) => /^(?!kustom).*\.yaml$/.test(file));
  expect(resources.toSorted()).toEqual(files.toSorted());
});

test('Prometheus finds the pods of each app, and their port', () => {
  const { selector, podMetricsEndpoints } = (
    parse(read('monitoring/pod-monitor.yaml')) as {
      spec: {
        selector: { matchLabels: object; matchExpressions: Array<{ key: string; values: string[] }> };
        podMetricsEndpoints: Array<{ port: string }>;
      };
    }
  ).spec;
  expect(selector.matchExpressions).toEqual([
    { key: 'app.kubernetes.io/name', operator: 'In', values: [...appNames].toSorted() },
  ]);
  for (const app of appNames) {
    const objects = parseAllDocuments(read(`apps/${app}.yaml`)).map((document) => document.toJS() as Deployment);
    const { metadata, spec } = objects.find(({ kind }) => kind === 'Deployment')!.spec.template;
    expect(metadata.labels).toMatchObject({ ...selector.matchLabels, 'app.kubernetes.io/name': app });
    const [{ ports, env }] = spec.containers;
    for (const { port } of podMetricsEndpoints) {
      const { containerPort } = ports.find(({ name }) => name === port) ?? {};
      expect(env).toContainEqual({ name: 'METRICS_PORT', value: String(containerPort) });
    }
  }
});

interface Deployment {
  kind: string;
  spec: {
    template: {
      metadata: { labels: Record<string, string> };
      spec: {
        containers: [
          { ports: Array<{ name: string; containerPort: number }>; env: Array<{ name: string; value?: string }> },
        ];
      };
    };
  };
}

test('a refresh is counted by its outcome, the reason of an end, and "failed" when it throws', async () => {
  await observedRefresh(() => Promise.resolve({ outcome: 'fresh' }));
  await observedRefresh(() => Promise.resolve({ outcome: 'unavailable', reason: 'Authentik is down' }));
  await observedRefresh(() => Promise.resolve({ outcome: 'over', reason: 'refused' }));
  await expect(observedRefresh(() => Promise.reject(new Error('no store')))).rejects.toThrow('no store');
  const { values } = await metrics.refreshes.get();
  const counted = values.filter(({ metricName }) => metricName === 'dezky_token_refresh_seconds_count');
  expect(counted.flatMap(({ labels, value }) => (value > 0 ? [[labels.outcome, value]] : [])).toSorted()).toEqual([
    ['failed', 1],
    ['fresh', 1],
    ['refused', 1],
    ['unavailable', 1],
  ]);
});

test('a file of the build is an asset, and requests of the server to itself are not counted', async () => {
  const own = {};
  for (const { url, statusCode = 200, socket = new Socket() } of [
    { url: '/_nuxt/entry.js' },
    { url: '/_nuxt/gone.js', statusCode: 404 },
    { url: '/' },
    { url: '/__nuxt_error', socket: own },
    { url: '/api/_auth/session', statusCode: 401, socket: own },
  ]) {
    const res = Object.assign(new EventEmitter(), { statusCode });
    onRequest({ method: 'GET', node: { req: { url, socket }, res } });
    res.emit('finish');
  }
  const { values: counted } = await metrics.requests.get();
  const some = counted.filter(({ value }) => value > 0);
  expect(some.map(({ labels }) => Object.values(labels).join(' '))).toEqual(['asset 200', 'not found 404', 'page 200']);
});
