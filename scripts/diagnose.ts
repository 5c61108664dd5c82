// `npm run diagnose`: says what is wrong with which pod of a deployed fleet, from its answers or its logs.
import { commandLine } from './command/command-line.ts';
import { diagnose } from './doctor/diagnose.ts';
import { ofRepository } from './live/repository-fleet.ts';

await diagnose(commandLine('diagnose'), ofRepository);
