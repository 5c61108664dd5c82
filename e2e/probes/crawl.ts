import type { AppName } from '../../apps/environment/apps.ts';
import { publicPages } from '../contract.ts';
import { developmentHostsIn, filesNamedIn, fileKindOf } from './rules/development-hosts.ts';
import { CheckFailed } from './check.ts';
import type { SmokeClient } from './client.ts';

const maxFiles = 300;

export interface Crawled {
  pages: number;
  files: number;
  faults: string[];
}

/**
 * Reads an app's public pages and every script and style that they reference, also those of pages behind the sign-in,
 * because their copy is in the build. Hosts of the target itself are allowed, so that a development fleet can be
 * checked.
 */
export async function crawl(client: SmokeClient, app: AppName): Promise<Crawled> {
  const allowed = new Set(Object.values(client.target.urls).map((url) => new URL(url).hostname));
  const queue: string[] = [...publicPages];
  const seen = new Set(queue);
  const faults: string[] = [];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    const { status, body } = await client.get(app, path);
    if (status !== 200) {
      faults.push(`${app} answers ${status} to GET ${path}, which its pages need: was the image built whole?`);
      continue;
    }
    const kind = fileKindOf(path);
    faults.push(
      ...developmentHostsIn(kind, body)
        .filter((host) => !allowed.has(host))
        .map(
          (host) =>
            `${path} of ${app} names the development host ${host}: take it from the environment ` +
            `(apps/${app}/app/composables), and set the NUXT_PUBLIC_* URLs in fleet/apps/${app}.yaml.`,
        ),
    );
    for (const file of filesNamedIn(kind, body, path)) {
      if (seen.has(file)) continue;
      if (seen.size >= maxFiles)
        throw new CheckFailed(
          `${app} has more than ${maxFiles} scripts and styles, which no build of it has: look at what answers there.`,
        );
      seen.add(file);
      queue.push(file);
    }
  }
  return { pages: publicPages.length, files: seen.size - publicPages.length, faults };
}
