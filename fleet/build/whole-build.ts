import { lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { z } from 'zod';

const listFile = 'files.json';
const output = '.output';
/** Every build has at least the module that starts the app. */
const sizesSchema = z.looseObject({ [join(output, 'server/index.mjs')]: z.number() });

/** Writes down the files of a finished build with their sizes in bytes. */
export function recordFiles(build: string): void {
  const files = readdirSync(join(build, output), { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => relative(build, join(parentPath, name)));
  const sizes = files.map((file) => [file, sizeOf(join(build, file))] as const);
  writeFileSync(join(build, listFile), JSON.stringify(Object.fromEntries(sizes)));
}

/**
 * Whether a build has all its files with their sizes. A power failure, a full disk or a person may have damaged it, and
 * pods of a damaged build fail as if the product did.
 */
export function isWhole(build: string): boolean {
  try {
    const sizes = sizesSchema.parse(JSON.parse(readFileSync(join(build, listFile), 'utf8')));
    return Object.entries(sizes).every(([file, size]) => sizeOf(join(build, file)) === size);
  } catch {
    // There is no list, or it is damaged.
    return false;
  }
}

const sizeOf = (file: string): number | undefined => lstatSync(file, { throwIfNoEntry: false })?.size;
