import type { Fleet } from '../../fleet/engines/shared/engine.ts';

/** How Chromium is started so that it trusts this fleet's edge, and nobody else's, and talks to nothing but the edge. */
export const chromiumArguments = (fleet: Fleet): string[] => [
  `--ignore-certificate-errors-spki-list=${fleet.edge.spki}`,
  '--disable-quic',
  '--disable-background-networking',
  // Chromium's sandbox refuses to run as root.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];
