/** Which pod and revision this process is; null outside a cluster. */
export const identity = () => ({ pod: process.env.POD_NAME ?? null, revision: process.env.REVISION ?? null });
