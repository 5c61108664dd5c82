/** Says on every response, errors too, which pod and which revision it comes from. */
export default defineNitroPlugin((nitro) => {
  const headers = Object.entries({ 'x-served-by': process.env.POD_NAME, 'x-revision': process.env.REVISION });
  nitro.hooks.hook('request', (event) => {
    for (const [name, value] of headers) if (value) setResponseHeader(event, name, value);
  });
});
