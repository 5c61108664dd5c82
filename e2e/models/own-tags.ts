import type { AppName } from '../../apps/environment/apps.ts';

/**
 * Tags of the regressions that only one app can have. An app without a regression of its own has the tags of all the
 * others, because its code could have the same fault.
 */
export const ownTags =
  (tags: Readonly<Partial<Record<AppName, readonly string[]>>>) =>
  (app: AppName): string[] => [...(tags[app] ?? Object.values(tags).flat())];
