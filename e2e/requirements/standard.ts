/** A requirement of a standard, and how it is met where no test of the suite shows it. */
export interface Requirement {
  /** One short sentence in plain words; the standard has the exact ones. */
  text: string;
  /** Why it does not concern the apps. */
  notApplicable?: string;
  /** Why no test shows it. */
  missing?: string;
  /** Evidence outside of the suite: unit tests, or documents where one is required; by file a text that it contains. */
  alsoIn?: Readonly<Record<string, string>>;
}

export interface Standard {
  /** How a test names it, before the id of a requirement. */
  name: string;
  title: string;
  requirements: Readonly<Record<string, Requirement>>;
}
