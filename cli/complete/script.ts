/**
 * Completes the text of a script: PROGRAM and REQUEST stand for names, and `%{` for `${`, which a template literal
 * cannot hold.
 */
export function fillScript(text: string, program: string, request: string): string {
  return text.replaceAll('%{', '${').replaceAll('PROGRAM', program).replaceAll('REQUEST', request);
}
