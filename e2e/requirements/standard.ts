/** A requirement of a standard, and how it is met where no test of the suite shows it. */
export interface Requirement {
  /** One short sentence in plain words; the standard has the exact ones. */
  text: string;
  /** Why it does not concern the apps. */
  notApplicable?: string | undefined;
  /** Why no test shows it. */
  missing?: string | undefined;
  /** Evidence outside of the suite: unit tests, or documents where one is required; by file a text that it contains. */
  alsoIn?: Readonly<Record<string, string>> | undefined;
}

/** A standard as data. The rest of a {@link Requirement} is by its id, where there is something to say. */
interface StandardData<Name extends string, Id extends string> {
  /** How a test names it, before the id of a requirement. */
  name: Name;
  title: string;
  /** The text of each requirement. */
  requirements: Readonly<Record<Id, string>>;
  /** By the reason: ids, or beginnings of ids that end with a dot. */
  notApplicable?: Readonly<Record<string, ReadonlyArray<NoInfer<Id> | `${string}.`>>>;
  missing?: Readonly<Partial<Record<NoInfer<Id>, string>>>;
  alsoIn?: Readonly<Partial<Record<NoInfer<Id>, Readonly<Record<string, string>>>>>;
}

export interface Standard<Name extends string = string, Id extends string = string> {
  name: Name;
  title: string;
  requirements: Readonly<Record<Id, Requirement>>;
}

export function standardOf<const Name extends string, const Id extends string>({
  name,
  title,
  requirements,
  notApplicable = {},
  missing,
  alsoIn,
}: StandardData<Name, Id>): Standard<Name, Id> {
  const rows = Object.entries<string>(requirements).map(([id, text]): [string, Requirement] => [
    id,
    {
      text,
      notApplicable: Object.entries(notApplicable).find(([, ids]) => ids.some((its) => isPartOf(its, id)))?.[0],
      missing: missing?.[id as Id],
      alsoIn: alsoIn?.[id as Id],
    },
  ]);
  return { name, title, requirements: Object.fromEntries(rows) as Record<Id, Requirement> };
}

const isPartOf = (ids: string, id: string): boolean => (ids.endsWith('.') ? id.startsWith(ids) : id === ids);
