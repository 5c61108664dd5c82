export interface ConfigurationFinding {
  /** `Deployment operator`, `Secret portal-secrets`. */
  object: string;
  /** The variable or key of the error; absent when it concerns the whole object. */
  variable?: string;
  /** Names the object and the variable, but never a secret's value. */
  sentence: string;
}

export const finding = (object: string, message: string, variable?: string): ConfigurationFinding => ({
  object,
  ...(variable !== undefined && { variable }),
  sentence: `${object}: ${message}`,
});
