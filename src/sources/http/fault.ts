/** Failures of requests, in the words of Go's `url.Error`: `Get "URL": reason`. */
import { type ErrorCode, PintleError, type PintleErrorOptions } from '../../errors.ts';
import { quote } from '../../go/quote.ts';
import { formatUrl, formatUserinfo, type Url } from '../../go/url.ts';

/** Go: http.Client.Timeout; `send` is before the headers of the answer are there. */
export const TIMEOUT_TEXT = {
  send: 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  body: 'context deadline exceeded (Client.Timeout or context cancellation while reading body)',
} as const;

/** Go: io.ErrUnexpectedEOF, for a body that is shorter than its header says. */
export const CUT_TEXT = 'unexpected EOF';

/** A URL as an error shows it, its password hidden. Go: http stripPassword */
export function shownUrl(url: Url): string {
  if (url.user?.password === undefined) return formatUrl(url);
  const secret = formatUserinfo(url.user);
  const hidden = formatUserinfo({ username: url.user.username, password: '' });
  return formatUrl(url).replace(`${secret}@`, () => `${hidden}***@`);
}

/** Go: http urlErrorOp */
function operation(method: string): string {
  return method === '' ? 'Get' : method.charAt(0) + method.slice(1).toLowerCase();
}

/** The error of a request that got no answer. `url` is shown as it is. */
export function requestFault(
  code: ErrorCode,
  method: string,
  url: string,
  reason: string,
  options: PintleErrorOptions = {},
): PintleError {
  const data = { ...options.data, method, url };
  return new PintleError(code, `${operation(method)} ${quote(url)}: ${reason}`, { ...options, data });
}
