/** A request of a recording, and its response. */
export interface Visit {
  /** Seconds since the start. */
  at: number;
  ms?: number;
  method?: string;
  url: string;
  status?: number;
  sent?: Readonly<Record<string, string>>;
  received?: Readonly<Record<string, string>>;
  /** What was sent, as a form, and what came back. */
  form?: string;
  content?: string;
  /** Why no answer came. */
  failure?: string;
}

export const shop = 'https://shop.example';
export const provider = 'https://login.example';
export const cookie = { cookie: 'theme=dark; sid=secret-session' };
const page = { accept: 'text/html', 'sec-fetch-dest': 'document' };
const authorize = `${provider}/authorize?client_id=shop&redirect_uri=${encodeURIComponent(`${shop}/callback`)}&response_type=code&state=secret-state`;

/** A sign-in. @param set the attributes of the session cookie. */
export const signIn = ({
  at = 0,
  pod = 'shop-a',
  set = 'Path=/; HttpOnly; Secure; SameSite=Lax',
  status = 302,
} = {}): Visit[] => [
  {
    at,
    url: `${shop}/login`,
    status: 302,
    sent: page,
    received: { location: authorize, 'set-cookie': 'attempt=secret-attempt; Path=/; HttpOnly; Secure', 'x-pod': pod },
  },
  { at: at + 0.1, url: authorize, sent: page },
  {
    at: at + 0.2,
    method: 'POST',
    url: `${provider}/login`,
    form: 'username=anna.smith&password=secret-password',
    status: 302,
  },
  {
    at: at + 0.3,
    url: `${shop}/callback?code=secret-code&state=secret-state`,
    status,
    sent: { ...page, cookie: 'attempt=secret-attempt' },
    received:
      status === 302
        ? {
            location: '/',
            'set-cookie': `sid=secret-session; ${set}\nattempt=; Path=/; Max-Age=0\ntheme=dark; Path=/`,
            'x-pod': pod,
          }
        : { 'x-pod': pod },
  },
];

export const call = (at: number, status = 200, more: Partial<Visit> & { pod?: string } = {}): Visit => {
  const { pod = 'shop-a', sent = cookie, received = {}, ...others } = more;
  return {
    at,
    url: `${shop}/api/me`,
    status,
    ...others,
    sent: { 'sec-fetch-dest': 'empty', ...sent },
    received: { ...(pod && { 'x-pod': pod }), ...received },
  };
};

export const signOut = (at: number, location: string, more: Partial<Visit> = {}): Visit => ({
  at,
  method: 'POST',
  url: `${shop}/logout`,
  status: 303,
  sent: { ...page, ...cookie },
  received: { location, 'set-cookie': 'sid=; Path=/; Max-Age=0', 'x-pod': 'shop-a' },
  ...more,
});
export const endSession = `${provider}/end-session?post_logout_redirect_uri=${encodeURIComponent(shop)}`;

const list = (headers: Readonly<Record<string, string>> = {}): object[] =>
  Object.entries(headers).flatMap(([name, value]) => value.split('\n').map((each) => ({ name, value: each })));

/** The time some seconds after the start. */
export const clock = (seconds: number): Date => new Date(Date.parse('2026-01-05T09:00:00Z') + seconds * 1000);

/** The entries of a HAR. */
export const entriesOf = (visits: readonly Visit[]): object[] =>
  visits.map(({ at, ms = 20, method = 'GET', url, status = 200, sent, received, form, content, failure }) => ({
    startedDateTime: clock(at).toISOString(),
    time: ms,
    serverIPAddress: '203.0.113.7',
    request: {
      method,
      url,
      headers: list(sent),
      ...(form && { postData: { mimeType: 'application/x-www-form-urlencoded', text: form } }),
    },
    response: {
      status,
      headers: list(received),
      content: { mimeType: 'application/json', text: content },
      ...(failure && { _failureText: `net::${failure}` }),
    },
  }));

export const harOf = (visits: readonly Visit[]): string =>
  JSON.stringify({ log: { version: '1.2', entries: entriesOf(visits) } });

/** As Chromium exports it without sensitive data. */
export const sanitized = (visits: readonly Visit[]): Visit[] =>
  visits.map(({ sent = {}, received = {}, ...visit }) => {
    const { cookie: _sent, ...kept } = sent as Record<string, string>;
    const { 'set-cookie': _received, ...keptToo } = received as Record<string, string>;
    return { ...visit, sent: kept, received: keptToo };
  });
