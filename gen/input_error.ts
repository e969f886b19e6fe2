/** Bad input to gen: the message says what was wrong and what would be right. */
export class InputError extends Error {
  /** The class's name. */
  override readonly name = "InputError";
}
