import { z } from 'zod';

const path = z.string().regex(/^\/[^\s]*$/, 'must be a path, such as /api/me');

/** What is known of an app that somebody names. What is absent is worked out, or not checked. */
export const appSchema = z.object({
  /** Origin, such as `https://app.example`. */
  url: z.string(),
  /** Where a sign-in begins. Absent: found from `/`. */
  signIn: path.optional(),
  /** What answers 200 to a signed-in user alone. */
  protected: z.array(path).default([]),
  /** What answers 200 when a pod can serve. */
  ready: path.optional(),
  /** Name of the session cookie. */
  cookie: z.string().optional(),
  /** Issuer of the provider (OpenID Connect Discovery 1.0). Absent: found from where a sign-in leads. */
  issuer: z.string().optional(),
});
export type DescribedApp = z.output<typeof appSchema>;
