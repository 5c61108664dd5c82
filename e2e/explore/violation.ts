/**
 * A user saw, or Redis or Authentik received, something that the model does not allow. It is a fault of the product.
 */
export class Violation extends Error {
  override readonly name = 'Violation';
}
