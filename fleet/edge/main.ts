import type { AddressInfo } from 'node:net';
import { exitCodes, HarnessError } from '../errors.ts';
import { openAuthority } from '../run/certificate-authority.ts';
import { startControlPlane } from './control-plane.ts';
import { Edge } from './edge.ts';
import { inCluster } from './in-cluster.ts';

/** How long requests in flight may take to end after SIGTERM, milliseconds. */
const graceMs = 2_000;

try {
  const host = process.env.HOST || '127.0.0.1';
  const proxyPort = port('PORT', 3128);
  const wantedControlPort = port('CONTROL_PORT', 3129);
  const token = demand('CONTROL_TOKEN');
  const authority = openAuthority({
    caCertPem: demand('EDGE_CA_CERT'),
    caKeyPem: demand('EDGE_CA_KEY'),
    leafKeyPem: demand('EDGE_LEAF_KEY'),
  });
  const cluster = inCluster(process.env, host, demand('EDGE_CA_CERT'));
  const edge = await Edge.start({ host, port: proxyPort, authority, ...cluster.options });
  await cluster.begin(edge);
  const control = await startControlPlane(edge, { host, port: wantedControlPort, token });
  const { port: controlPort } = control.address() as AddressInfo;
  console.log(JSON.stringify({ listening: 'edge', host, proxyPort: edge.port, controlPort }));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => shutDown(edge));
} catch (error) {
  // An address that cannot be bound is a configuration error, like a missing variable. Any other error is a bug.
  if (!(error instanceof HarnessError) && (error as NodeJS.ErrnoException).syscall !== 'listen') throw error;
  console.error(`The edge did not start. ${(error as Error).message}`);
  process.exit(exitCodes.harnessFailed);
}

/** Idle connections end with the process. Only responses in flight are awaited. */
async function shutDown(edge: Edge): Promise<void> {
  edge.stopListening();
  await Promise.race([edge.ledger.idle(), new Promise((resolve) => setTimeout(resolve, graceMs))]);
  process.exit(exitCodes.passed);
}

function demand(name: string): string {
  const value = process.env[name];
  if (!value) throw new HarnessError(`The environment variable ${name} is not set; the edge cannot do without it.`);
  return value;
}

function port(name: string, fallback: number): number {
  const text = process.env[name] || `${fallback}`;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value < 65_536) return value;
  throw new HarnessError(`${name} is "${text}", which is no port. Set it to a number from 0 (any free one) to 65535.`);
}
