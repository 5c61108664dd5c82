/** Something wrong in what an app is given. */
export interface Finding {
  /** `Deployment operator`, `Secret portal-secrets`. */
  object: string;
  /** The variable or key that it is about; absent when it is about the object. */
  variable?: string;
  /** Names the object and the variable, never a secret's value. */
  sentence: string;
}

export const finding = (object: string, message: string, variable?: string): Finding => ({
  object,
  ...(variable !== undefined && { variable }),
  sentence: `${object}: ${message}`,
});
