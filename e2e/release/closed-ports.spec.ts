import { apps } from '../../apps/environment/apps.ts';
import type { KubeObject } from '../../fleet/manifests/objects.ts';
import { deadline } from '../deadline.ts';
import { expect, test } from '../index.ts';
import { nodeDeployment } from '../models/node-deployment.ts';

const name = 'stranger';

/** Tries to connect to each of TARGET, and prints what came of it. */
const program = `
const { connect } = require('node:net');
const { TARGET } = process.env;
const answerOf = ([host, port]) => new Promise((resolve) => {
  const socket = connect({ host, port, timeout: 3000 });
  const end = (answer) => { resolve([host, answer]); socket.destroy(); };
  socket.once('connect', () => end('open')).once('timeout', () => end('closed'));
  socket.once('error', ({ code }) => end(/^E(?:NOTFOUND|AI_)/.test(code) ? code : 'closed'));
});
Promise.all(JSON.parse(TARGET).map(answerOf)).then((all) => console.log(JSON.stringify(Object.fromEntries(all))));
setInterval(() => {}, 1000);
process.on('SIGTERM', () => process.exit(0));
`;

/** A Service leads to the metrics of an app, as none may; without it only their addresses do. */
const metricsOf = (app: string): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `metrics-of-${app}`, namespace: 'dezky', labels: { 'app.kubernetes.io/name': name } },
    spec: { selector: { 'app.kubernetes.io/name': app }, ports: [{ name: 'metrics', port: 9464, targetPort: 9464 }] },
  }) as KubeObject;

/** By host and port. The first shows that the stranger can connect to a pod that no policy closes. */
const targets = [
  { host: 'upstreams', port: 80, answer: 'open' },
  { host: 'dezky-data', port: 6379, answer: 'closed' },
  { host: 'platform-api', port: 80, answer: 'closed' },
  ...apps.map((app) => ({ host: `metrics-of-${app.name}`, port: 9464, answer: 'closed' })),
];

test.use({ needs: ['kubernetes', 'network-policies'] });

test(
  'a pod that no policy names connects to neither Redis, platform-api nor the metrics',
  { tag: ['@redis-open-to-the-namespace', '@redis-policy-of-egress', '@metrics-open-to-every-namespace'] },
  async ({ addObjects, fleet }) => {
    const labels = { 'app.kubernetes.io/name': name };
    const env = { TARGET: JSON.stringify(targets.map(({ host, port }) => [host, port])) };
    await addObjects([...apps.map((app) => metricsOf(app.name)), nodeDeployment(name, { labels, program, env })]);
    const answers = async (): Promise<unknown> => {
      const [pod] = await fleet.pods(name);
      const line = pod && (await fleet.logs(pod.name)).find((each) => each.startsWith('{'));
      return line && JSON.parse(line);
    };
    await expect
      .poll(answers, { message: 'what the stranger could connect to', timeout: deadline(20_000) })
      .toEqual(Object.fromEntries(targets.map(({ host, answer }) => [host, answer])));
  },
);
