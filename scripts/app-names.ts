// The names of all apps, one a line: the images of a release.
import { apps } from '../apps/environment/apps.ts';

process.stdout.write(apps.map(({ name }) => `${name}\n`).join(''));
