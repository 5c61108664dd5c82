import { resolve } from 'node:path';

/** The folder that a command was called from. npm starts every command in the folder of the repository. */
const callersFolder = (): string => process.env.INIT_CWD ?? process.cwd();

/** A path of the command line, absolute; `-` is standard input and stays. */
export const fromCallersFolder = (path: string): string => (path === '-' ? path : resolve(callersFolder(), path));
