/** Type of the annotation of a test that was skipped because its claim is not about this app; its description says why. */
export const notApplicable = 'not applicable';
