/** Environment variables of the test runner, which the command measures once, before the tests. */
export const deadlineVariables = {
  /** How much slower this machine is than a quiet one, at least 1. */
  slowness: 'E2E_SLOWNESS',
  /** How many tests share a core, at least 1. */
  crowding: 'E2E_CROWDING',
  /** How much slower a real Authentik responds than one on a quiet machine, at least 1. */
  server: 'E2E_SERVER_SLOWNESS',
} as const;

/** A longer deadline would hide the faults that it must detect. */
const most = 4;

const factorIn = (variable: string): number => Math.max(1, Number(process.env[variable] ?? 1));
const slowness = factorIn(deadlineVariables.slowness);
const crowding = factorIn(deadlineVariables.crowding);
const server = factorIn(deadlineVariables.server);

/** A timeout, in milliseconds, for something whose duration the product does not guarantee. */
export const deadline = (milliseconds: number): number =>
  Math.round(milliseconds * Math.min(most, Math.max(slowness * crowding, server)));

/** A duration that the product guarantees, in milliseconds. It is longer only on a slow machine. */
export const limit = (milliseconds: number): number => Math.round(milliseconds * Math.min(most, slowness));
