import { escapedPath, parsePath, type Url } from './url.ts';

/** A reference as seen from a base. Go: URL.ResolveReference */
export function resolveReference(base: Url, ref: Url): Url {
  const scheme = ref.scheme === '' ? base.scheme : ref.scheme;
  if (ref.scheme !== '' || ref.host !== '' || ref.user !== undefined) {
    return { ...ref, scheme, ...parsePath(resolvePath(escapedPath(ref), '')) };
  }
  if (ref.opaque !== '') return { ...ref, scheme, user: undefined, host: '', path: '' };
  const bare = ref.path === '' && !ref.forceQuery && ref.rawQuery === '';
  const rawQuery = bare ? base.rawQuery : ref.rawQuery;
  // A reference to nothing else is one to the same place in the document.
  const place = bare && ref.fragment === '' ? { fragment: base.fragment, rawFragment: base.rawFragment ?? '' } : {};
  if (ref.path === '' && base.opaque !== '') {
    return { ...ref, ...place, rawQuery, scheme, opaque: base.opaque, user: undefined, host: '', path: '' };
  }
  const path = parsePath(resolvePath(escapedPath(base), escapedPath(ref)));
  return { ...ref, ...place, rawQuery, scheme, host: base.host, user: base.user, ...path };
}

/** Go: url resolvePath */
function resolvePath(base: string, ref: string): string {
  let full = ref;
  if (ref === '') full = base;
  else if (!ref.startsWith('/')) full = base.slice(0, base.lastIndexOf('/') + 1) + ref;
  if (full === '') return '';
  let out = '/';
  let first = true;
  let part = '';
  for (part of full.split('/')) {
    if (part === '..') {
      out = out.slice(0, Math.max(out.lastIndexOf('/'), 1));
      first = out === '/';
    } else {
      if (part !== '.') out += first ? part : `/${part}`;
      first = false;
    }
  }
  if (part === '.' || part === '..') out += '/';
  return out.startsWith('//') ? out.slice(1) : out;
}
