/** Adds the pod and the revision to every response, including errors. */
export default defineNitroPlugin((nitro) => {
  const headers = Object.entries({ 'x-served-by': process.env.POD_NAME, 'x-revision': process.env.REVISION });
  nitro.hooks.hook('request', (event) => {
    for (const [name, value] of headers) if (value) setResponseHeader(event, name, value);
  });
});
