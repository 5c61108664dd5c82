export default defineEventHandler((event) => getFromPlatform(event, '/v1/user-counts'));
