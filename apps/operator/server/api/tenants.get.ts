export default defineEventHandler((event) => getFromPlatform(event, '/v1/tenants', ['page', 'search']));
