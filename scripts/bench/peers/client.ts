/** The app that signs people in at each issuer. */
export const client = {
  id: 'bench',
  secret: 'a secret for measurements only',
  redirectUri: 'https://bench.dezky.example/auth/oidc/callback',
} as const;

/** The person who signs in. */
export const person = { username: 'ada', password: 'ada-signs-in' } as const;
