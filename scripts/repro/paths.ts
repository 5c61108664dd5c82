import { resolve } from 'node:path';

/** A path as it was typed: npm starts scripts in the folder of the package, and names the caller's. */
export const fromCaller = (path: string): string => resolve(process.env.INIT_CWD ?? process.cwd(), path);
