export default defineEventHandler((event) => getFromPlatform(event, '/v1/users', ['page', 'search']));
