/** Why an API route of this app has no data. */
export interface ApiFailure {
  /** Absent when there was no response. */
  statusCode?: number;
  /** The body of the error response. Its message is a sentence for the user. */
  data?: { message?: string };
  message: string;
}

/** Data of one of this app's API routes. When the session has ended, it navigates to the sign-in page. */
export const useApi = <Body>(path: string) =>
  useFetch<Body, ApiFailure>(path, {
    lazy: true,
    // The route has already waited for platform-api, so only the user retries.
    retry: 0,
    onResponseError: async ({ response }) => {
      if (import.meta.server || response.status !== 401) return;
      await signInAgain(response, useRoute().fullPath);
    },
  });
