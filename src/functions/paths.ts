import { baseName, cleanPath, dirName, extName, isAbsPath } from '../go/path.ts';
import { type Func, type FuncTable, fn } from './func.ts';

function part(of: (path: string) => string): Func {
  return fn(['string'], 'string', (_env, path) => of(path));
}

const isAbs = fn(['string'], 'bool', (_env, path) => isAbsPath(path));

/** Paths with slashes, and the same for the host's paths: a chart renders alike on every host. */
export const paths: FuncTable = {
  base: part(baseName),
  clean: part(cleanPath),
  dir: part(dirName),
  ext: part(extName),
  isAbs,
  osBase: part(baseName),
  osClean: part(cleanPath),
  osDir: part(dirName),
  osExt: part(extName),
  osIsAbs: isAbs,
};
