/** Data of one of this app's API routes. A session that has ended takes the visitor to the sign-in page. */
export const useApi = <Body>(path: string) =>
  useFetch<Body, { data?: { message?: string }; message: string }>(path, {
    lazy: true,
    // The route has waited for platform-api as long as makes sense.
    retry: 0,
    onResponseError: async ({ response }) => {
      if (import.meta.client && response.status === 401)
        await navigateTo(signInPath({ to: useRoute().fullPath }), { external: true });
    },
  });
