// The names of all apps as a JSON array: the matrix of a workflow.
import { apps } from '../apps/environment/apps.ts';

process.stdout.write(`${JSON.stringify(apps.map(({ name }) => name))}\n`);
