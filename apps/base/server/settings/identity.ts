/** The pod and revision of this process; null outside a cluster. */
export const identity = () => ({ pod: process.env.POD_NAME ?? null, revision: process.env.REVISION ?? null });
