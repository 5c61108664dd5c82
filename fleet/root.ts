import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder, without a trailing slash. */
export const repositoryRoot = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

/** Where runs keep their state; `FLEET_STATE_DIR` overrides it. Read on each call, so that a test can set it. */
export const stateDirectory = (): string => process.env['FLEET_STATE_DIR'] ?? join(repositoryRoot, '.fleet');

/** Where builds are kept between runs. */
export const cacheDirectory = join(repositoryRoot, '.cache');

/** Name prefix of temporary folders in it that this process owns. */
export const workPrefix = `${process.pid}-`;
