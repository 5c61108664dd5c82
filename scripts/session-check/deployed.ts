import { styleText } from 'node:util';
import { claims } from '../../e2e/any-app/claims.ts';
import { CannotRunHere, exitCodes } from '../../fleet/errors.ts';
import { oneLine } from '../../fleet/one-line.ts';

const timeoutMs = 10_000;
const mostRedirects = 5;

interface Deployed {
  url: string;
  signIn: string;
  protected: readonly string[];
}

/**
 * What GETs without a session show of an app that is deployed. Nothing is changed, and nobody signs in.
 * @returns the exit code.
 */
export async function checkDeployed({ url, signIn, protected: calls }: Deployed): Promise<number> {
  const { origin } = new URL(url);
  const broken: Record<string, string | undefined> = {
    refusal: await wrongAnswer(calls.map((path) => origin + path)),
    'sign-in': await wrongSignIn(origin, signIn),
  };
  const shows: Readonly<Record<string, string>> = {
    refusal: 'without a session a call gets 401',
    'sign-in': 'a sign-in leads to a provider by https, which comes back to this app',
  };
  for (const [name, why] of Object.entries(broken)) {
    const verdict = why === undefined ? styleText('green', 'proved'.padEnd(14)) : styleText('red', 'broken'.padEnd(14));
    console.log(`${verdict} ${name.padEnd(12)} ${shows[name]}`);
    if (why) console.log(`${' '.repeat(28)}${oneLine(why)}`);
  }
  const others = Object.keys(claims).filter((name) => !(name in broken));
  console.log(
    `${'not applicable'.padEnd(14)} ${others.join(', ')}: they change something; try them on processes: --start`,
  );
  return Object.values(broken).some((why) => why !== undefined) ? exitCodes.productFailed : exitCodes.passed;
}

async function get(url: string, accept: string): Promise<{ status: number; location: URL | null }> {
  const response = await fetch(url, {
    redirect: 'manual',
    headers: { accept },
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((cause: Error) => {
    const reason = (cause.cause as NodeJS.ErrnoException | undefined)?.code ?? cause.name;
    throw new CannotRunHere(`GET ${url} is not answered (${reason}). Is the address right, and the app up?`, { cause });
  });
  await response.body?.cancel();
  return { status: response.status, location: URL.parse(response.headers.get('location') ?? '', url) };
}

async function wrongAnswer(urls: readonly string[]): Promise<string | undefined> {
  for (const url of urls) {
    const { status } = await get(url, 'application/json');
    if (status !== 401 && status !== 403)
      return `GET ${new URL(url).pathname} without a session was answered ${status}`;
  }
  return undefined;
}

async function wrongSignIn(origin: string, path: string): Promise<string | undefined> {
  let url = origin + path;
  for (let redirects = 0; redirects < mostRedirects; redirects += 1) {
    const { status, location } = await get(url, 'text/html');
    if (!location?.host || location.href === url || status < 300 || status >= 400)
      return `GET ${url} was answered ${status} and redirects nowhere`;
    const back = URL.parse(location.searchParams.get('redirect_uri') ?? '');
    if (back) {
      if (location.protocol !== 'https:') return `it leads to ${location.origin}, without TLS`;
      return back.origin === origin
        ? undefined
        : `the provider is asked to come back to ${back.origin}, not to ${origin}`;
    }
    url = location.href;
  }
  return `${path} leads to no provider within ${mostRedirects} redirects`;
}
