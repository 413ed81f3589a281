/** Reading a phrase oneself: one take each, again as often as wanted. */

export function takePanel() {
  return null;
}
