import { appNames, developmentUrl, urlVariable } from '../environment/apps.ts';

/** Fallbacks for variables that are not set: the hosts of a developer's machine. */
export const developmentUrls: Readonly<Record<string, string>> = {
  NUXT_PUBLIC_AUTH_URL: 'https://auth.dezky.local',
  NUXT_PUBLIC_MAIL_URL: 'https://mail.dezky.local',
  ...Object.fromEntries(appNames.map((name) => [urlVariable(name), developmentUrl(name)])),
};
