/**
 * The words of a list that stands in the program as text of several lines. A pattern would say the same, and take
 * longer to compile than a short run takes over all of its lists.
 *
 * @example fields('v1 apps/v1\n  batch/v1') // ['v1', 'apps/v1', 'batch/v1']
 */
export function fields(text: string): string[] {
  return text
    .replaceAll('\n', ' ')
    .split(' ')
    .filter((word) => word !== '');
}
