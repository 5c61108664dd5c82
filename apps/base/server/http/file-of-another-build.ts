import { sendRedirect, type H3Error, type H3Event } from 'h3';

/**
 * The path of a build file with a hash in its name, and how many pods lacked it. No other URL is redirected, so this
 * cannot become an open redirect.
 */
const request = /^(\/_nuxt\/(?:[\w.-]+\.)?[\w-]{8}\.\w+)(?:\?retry=(\d{1,2}))?$/;

/**
 * Browsers follow 20 redirects (Fetch, section 4.4), Safari 16. The ingress balances round-robin (Traefik's `wrr`), but
 * with other requests in between each retry reaches a random pod. With two pods one request in 65,000 never reaches the
 * right one; with three, for the second in which only one of them has the file, one in 650.
 */
const maxRetries = 15;

/** Where to retry a request for a build file; undefined for any other request, and after the last retry. */
const retryLocation = (method: string, target: string): string | undefined => {
  const [, file, retries = '0'] = request.exec(target) ?? [];
  const isRead = method === 'GET' || method === 'HEAD';
  return file && isRead && Number(retries) < maxRetries ? `${file}?retry=${Number(retries) + 1}` : undefined;
};

/**
 * A Nitro error handler, because Nitro responds with 404 to missing files before any middleware runs. During a rollout
 * two builds serve traffic, and a page of one build requests its files from pods of the other. Such a pod redirects to the
 * same URL, and the ingress may route the retry to a pod that has the file. If none has it, the last response is a 404.
 */
export default async (error: H3Error, event: H3Event): Promise<void> => {
  const location = error.statusCode === 404 && retryLocation(event.method, event.node.req.url ?? '');
  if (location) await sendRedirect(event, location, 307);
  // No user sees this response: as JSON it takes a tenth of the CPU of Nuxt's error page.
  if (event.path.startsWith('/_nuxt/')) event.node.req.headers.accept = 'application/json';
};
