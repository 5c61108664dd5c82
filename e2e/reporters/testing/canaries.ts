/** Names shared by the test of the reports and the suite that leaks on purpose. */
export const leakVariables = { reports: 'LEAKS_REPORTS', open: 'LEAKS_OPEN' } as const;

/** Where the suite that leaks writes beside its own reports. */
export const folderOutside = (reports: string): string => `${reports}-outside`;

/** Secrets of every kind, each unique, so that a report shows which one leaked. */
export const canaries = {
  jwt: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.Y2FuYXJ5LXNpZ25hdHVyZQ',
  sealed: 'Fe26.2**0bd2c6a4c4f7*9yX_zCanary*abc-DEF-canary*1700000000*hash-of-canary*mac~2',
  generated: 'pw-123e4567-e89b-12d3-a456-426614174000',
  /** Has no recognizable form. It can only be hidden by its value. */
  known: 'correct "horse" & battery staple',
} as const;

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const base64url = (text: string): string => Buffer.from(text).toString('base64url');
const percent = (text: string): string => [...text].map((c) => (/\w/.test(c) ? c : `%${hex(c)}`)).join('');
const hex = (character: string): string => character.charCodeAt(0).toString(16).toUpperCase();

/** A secret in a form that may occur in an output. */
export const spellingsOf = (secret: string): Record<string, string> => ({
  plain: secret,
  'as JSON': JSON.stringify(secret).slice(1, -1),
  base64: base64(secret),
  base64url: base64url(secret),
  'base64 twice': base64(base64(secret)),
  'base64 of more': base64(`{"x":"${'y'.repeat(20)}","token":${JSON.stringify(secret)}}`),
  'percent-encoded': percent(secret),
});

/** Every canary in every spelling, one per line. */
export const everything = (): string =>
  Object.values(canaries)
    .flatMap((secret) => Object.values(spellingsOf(secret)))
    .join('\n');
