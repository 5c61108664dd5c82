/** Fallbacks for variables that are not set: the hosts of a developer's machine. */
export const developmentUrls = {
  NUXT_PUBLIC_AUTH_URL: 'https://auth.dezky.local',
  NUXT_PUBLIC_OPERATOR_URL: 'https://operator.dezky.local',
  NUXT_PUBLIC_PORTAL_URL: 'https://portal.dezky.local',
  NUXT_PUBLIC_MAIL_URL: 'https://mail.dezky.local',
} as const;

export type UrlVariable = keyof typeof developmentUrls;
