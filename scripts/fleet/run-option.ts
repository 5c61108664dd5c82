import { HarnessError } from '../../fleet/errors.ts';

/** The option that names a run. */
export interface RunOption {
  run?: string;
}

/** The run that an argument or the option names. @throws HarnessError when they name two. */
export function runIn(argument: string | undefined, { run }: RunOption): string | undefined {
  if (argument !== undefined && run !== undefined && argument !== run)
    throw new HarnessError(`${argument} and --run ${run} are two runs. Name one.`);
  return argument ?? run;
}
