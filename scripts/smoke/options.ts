import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Target } from '../../e2e/smoke/target.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { accessBy, type ConnectionOptions } from './connection-options.ts';

/** The arguments as parsed by commander. */
export interface SmokeOptions extends ConnectionOptions {
  run?: string;
  sha?: string;
  pods: number;
  streak: number;
  wait: number;
  budget: number;
  authorize?: true;
  reports: string;
  grep?: string;
  watch?: true;
  for?: number;
}

/** @throws HarnessError for options that cannot be combined. */
export function targetFrom(options: SmokeOptions, urls: Target['urls']): Target {
  return {
    urls,
    pods: options.pods,
    streak: options.streak,
    wait: options.wait * 1_000,
    budget: options.budget * 1_000,
    authorize: options.authorize ?? false,
    ...(options.sha === undefined ? {} : { sha: options.sha }),
    ...accessBy(options),
  };
}

/** @throws HarnessError when something else is where the reports go. */
export function checkReportsFolder(reports: string): void {
  const folder = resolve(repositoryRoot, reports);
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found && !found.isDirectory()) throw new HarnessError(`${folder} is no folder. Give --reports a folder.`);
}
