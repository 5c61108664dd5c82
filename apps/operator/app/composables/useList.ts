/** A page of a list of one of this app's API routes: the one that the query of the address names. */
export const useList = <Body>(path: string) => {
  const route = useRoute();
  return useApi<Body>(
    path,
    computed(() => ({ page: route.query.page, search: route.query.search })),
  );
};
