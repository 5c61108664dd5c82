/** A person saw, or Redis or Authentik got, something that the model does not allow. A fault of the product. */
export class Violation extends Error {
  override readonly name = 'Violation';
}
