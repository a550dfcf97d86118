import type { ChartFile } from '../chart/types.ts';
import { encodeBase64 } from '../go/base64.ts';
import { decodeBytes } from '../go/bytes.ts';
import { runtimeError } from '../go/error.ts';
import { compileGlob } from '../go/glob.ts';
import { baseName } from '../go/path.ts';
import { type GoMap, type Method, strings, TypedMap, type Value } from '../go/value.ts';
import { toYaml } from '../yaml/emit.ts';

/**
 * `.Files`: the files of a chart that are neither special nor templates, by path, with Helm's methods.
 * Helm: pkg/engine/files.go.
 */
export class FilesMap extends TypedMap {
  override type = 'engine.files';
  override elem = '[]uint8';

  static of(files: readonly ChartFile[]): FilesMap {
    const map = new FilesMap();
    for (const file of files) map.set(file.name, file.data);
    return map;
  }

  override method(name: string): Method | undefined {
    switch (name) {
      case 'AsConfig':
        return { params: [], result: 'string', call: () => this.asConfig(decodeBytes) };
      case 'AsSecrets':
        return { params: [], result: 'string', call: () => this.asConfig(encodeBase64) };
      case 'Get':
        return { params: ['string'], result: 'string', call: ([path]) => decodeBytes(this.bytes(path as string)) };
      case 'GetBytes':
        return { params: ['string'], result: '[]uint8', call: ([path]) => this.bytes(path as string) };
      case 'Glob':
        return { params: ['string'], result: 'engine.files', call: ([pattern]) => this.glob(pattern as string) };
      case 'Lines':
        return { params: ['string'], result: '[]string', call: ([path]) => this.lines(path as string) };
      default:
        return undefined;
    }
  }

  private bytes(path: string): Uint8Array {
    return (this.get(path) as Uint8Array | undefined) ?? new Uint8Array();
  }

  private glob(pattern: string): FilesMap {
    // An invalid pattern matches everything, as in Helm.
    const matches = compileGlob(pattern) ?? (() => true);
    const found = new FilesMap();
    for (const [name, data] of this) if (matches(name)) found.set(name, data);
    return found;
  }

  private asConfig(write: (bytes: Uint8Array) => string): string {
    const out: GoMap = new Map<string, Value>();
    for (const [name, data] of this) out.set(baseName(name), write(data as Uint8Array));
    return toYaml(out).replace(/\n$/, '');
  }

  private lines(path: string): Value {
    const data = this.get(path) as Uint8Array | undefined;
    if (data === undefined) return strings([]);
    if (data.length === 0) throw runtimeError('index out of range [-1]');
    const text = decodeBytes(data);
    return strings((text.endsWith('\n') ? text.slice(0, -1) : text).split('\n'));
  }
}
