import type { EdgeAddress } from '../../fleet/run/state.ts';

/** Options to start Chromium so that it trusts only the edge with this key and connects only to it. */
export const chromiumArguments = ({ spki }: Pick<EdgeAddress, 'spki'>): string[] => [
  `--ignore-certificate-errors-spki-list=${spki}`,
  '--disable-quic',
  '--disable-background-networking',
  // Chromium's sandbox refuses to run as root.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];
