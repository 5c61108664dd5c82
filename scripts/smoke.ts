// `npm run smoke`: checks that a deployed fleet works as expected. It checks from outside, and changes nothing.
import { commandLine } from './command/command-line.ts';
import { smoke } from './doctor/smoke.ts';
import { ofRepository } from './live/repository-fleet.ts';

await smoke(commandLine('smoke'), ofRepository);
