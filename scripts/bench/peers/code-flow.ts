import { createHash, randomBytes } from 'node:crypto';
import { parseSetCookie } from 'cookie-es';
import { interruption } from '../../command/interruption.ts';
import { client } from './client.ts';

/** What the flow reads of a discovery document. */
export interface Discovery {
  authorization_endpoint: string;
  token_endpoint: string;
}

/** Answers a page of an issuer. @returns where it leads. */
export type AnswerPage = (profile: Profile, page: { url: string; html: string }) => Promise<string>;

/** More than any issuer needs; a loop of redirects must end. */
const maxSteps = 20;

/** The cookies of one browser profile, for one issuer. */
export class Profile {
  readonly #cookies = new Map<string, string>();

  /** One request; redirects are not followed. */
  async request(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('cookie', [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await fetch(url, { ...init, headers, redirect: 'manual', signal: interruption });
    for (const header of response.headers.getSetCookie()) {
      const cookie = parseSetCookie(header, { decode: false });
      if (cookie?.value) this.#cookies.set(cookie.name, cookie.value);
      else if (cookie) this.#cookies.delete(cookie.name);
    }
    return response;
  }
}

/** An authorization code flow with PKCE, until the id token is here. */
export async function codeFlow(profile: Profile, discovery: Discovery, answerPage: AnswerPage): Promise<string> {
  const verifier = randomBytes(32).toString('base64url');
  const code = await codeFor(profile, authorizeUrl(discovery, verifier), answerPage);
  const response = await fetch(discovery.token_endpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: client.redirectUri,
      client_id: client.id,
      client_secret: client.secret,
      code_verifier: verifier,
    }),
    signal: interruption,
  });
  const tokens = (await response.json()) as { id_token?: string };
  if (tokens.id_token === undefined) {
    throw new Error(`${discovery.token_endpoint} answered ${response.status}: ${JSON.stringify(tokens)}`);
  }
  return tokens.id_token;
}

function authorizeUrl({ authorization_endpoint }: Discovery, verifier: string): string {
  const parameters = new URLSearchParams({
    client_id: client.id,
    redirect_uri: client.redirectUri,
    response_type: 'code',
    scope: 'openid profile email',
    state: randomBytes(16).toString('base64url'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  return `${authorization_endpoint}?${parameters}`;
}

/** Follows redirects and answers pages until the issuer sends the browser back to the app. */
async function codeFor(profile: Profile, start: string, answerPage: AnswerPage): Promise<string> {
  let url = start;
  for (let step = 0; step < maxSteps && !url.startsWith(client.redirectUri); step += 1) {
    const response = await profile.request(url);
    const html = await response.text();
    const next = response.headers.get('location') ?? (await answerPage(profile, { url, html }));
    url = new URL(next, url).href;
  }
  const code = new URL(url).searchParams.get('code');
  if (code === null) throw new Error(`The flow that began at ${start} ended at ${url}, without a code.`);
  return code;
}
