import { runRequest } from './run-request.ts';

/** A longer deadline would hide the faults that it must detect. */
const most = 4;

const { machine, crowding, server } = runRequest.slowness;

/** A timeout, in milliseconds, for something whose duration the product does not guarantee. */
export const deadline = (milliseconds: number): number =>
  Math.round(milliseconds * Math.min(most, Math.max(machine * crowding, server)));

/** A duration that the product guarantees, in milliseconds. It is longer only on a slow machine. */
export const limit = (milliseconds: number): number => Math.round(milliseconds * Math.min(most, machine));
