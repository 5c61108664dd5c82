/** Why an API route of this app has no data. */
export interface ApiFailure {
  /** Missing when no answer came at all. */
  statusCode?: number;
  /** The route's answer; its message is a sentence for the person who reads it. */
  data?: { message?: string };
  message: string;
}

/** Data of one of this app's API routes. A session that has ended takes the visitor to the sign-in page. */
export const useApi = <Body>(path: string) =>
  useFetch<Body, ApiFailure>(path, {
    lazy: true,
    // The route has waited for platform-api as long as makes sense; a person may try again.
    retry: 0,
    onResponseError: async ({ response }) => {
      if (import.meta.server || response.status !== 401) return;
      await signInAgain(response, useRoute().fullPath);
    },
  });
