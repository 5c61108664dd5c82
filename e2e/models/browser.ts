import type { Fleet } from '../../fleet/engines/shared/engine.ts';

/** Options to start Chromium so that it trusts only this fleet's edge and connects only to it. */
export const chromiumArguments = (fleet: Fleet): string[] => [
  `--ignore-certificate-errors-spki-list=${fleet.edge.spki}`,
  '--disable-quic',
  '--disable-background-networking',
  // Chromium's sandbox refuses to run as root.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];
