type Child = Node | string | undefined | false;

/** An element. Texts become text nodes, so that nothing of a recording is read as markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: ReadonlyArray<Child | readonly Child[]>
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.flat().filter((child): child is Node | string => child !== undefined && child !== false));
  return made;
}
