/** Why an API route of this app has no data. */
export interface ApiFailure {
  /** Absent when there was no response. */
  statusCode?: number;
  /** The body of the error response. Its message is a sentence for the user. */
  data?: { message?: string };
  message: string;
}

/** Whether the same request may work in a moment: there was no response, or one that does not depend on the request. */
export const isOutage = ({ statusCode: status = 500 }: Pick<ApiFailure, 'statusCode'>): boolean =>
  status >= 500 && status !== 501;

/** Milliseconds that a page waits on the server for its data. */
const serverWait = 2000;

/** Without data and without an error the browser requests what was late. */
const fetchOnServer = () => {
  const request = useRequestFetch();
  const tooLate = new Promise((resolve) => setTimeout(resolve, serverWait));
  return ((...args: Parameters<typeof request>) => Promise.race([request(...args), tooLate])) as typeof $fetch;
};

/** Data of one of this app's API routes, which is loaded again when `query` changes. When the session has ended, it navigates to the sign-in page. */
export const useApi = <Body>(path: string, query?: Ref<Record<string, unknown>>) =>
  useFetch<Body, ApiFailure>(path, {
    ...(query && { query }),
    ...(import.meta.server && { $fetch: fetchOnServer() }),
    lazy: true,
    // The route has already waited for platform-api, so only the user retries.
    retry: 0,
    onResponseError: async ({ response }) => {
      if (import.meta.server || response.status !== 401) return;
      await signInAgain(response, useRoute().fullPath);
    },
  });
