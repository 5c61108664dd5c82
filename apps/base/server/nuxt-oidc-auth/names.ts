/** The session, and the cookie of it (session.js, `sessionName`). Browsers know it with a prefix: host-cookies.ts. */
export const sessionCookie = 'nuxt-oidc-auth';

/** The cookie with state and PKCE verifier of a sign-in under way (oidc.js, `useAuthSession`). */
export const attemptCookie = 'oidc';

/** Seconds that the module gives a sign-in to be finished (oidc.js, `useAuthSession`). */
export const attemptSeconds = 300;
