/**
 * An index in the form in which it is searched: what can be found stands in a few long texts, and numbers say where
 * each piece ends. Reading it takes milliseconds where the index itself takes seconds.
 *
 * Versions of a chart that have the same name, description and keywords are one group, so that most charts are
 * one line to search and not dozens.
 */
import { fromByteString, fromBytes } from '../go/byte-string.ts';
import { byteLength, encodeBytes } from '../go/bytes.ts';
import { lowerCase } from '../go/unicode.ts';
import type { ChartSink, FoundChart } from './index-read.ts';
import type { ChartVersion } from './types.ts';

/** Words before the columns: charts, groups, bytes of each text, and the flags. */
const HEAD_WORDS = 7;

/** Flags: all keys are {@link PLAIN_NAME}s; each character of the texts is a byte. */
const PLAIN = 1;
const ASCII = 2;

/** A name that stays what it is behind a slash, and has no `$$`. */
export const PLAIN_NAME: RegExp = /^[\w-][\w.-]*$/;

/** Numbers of a chart: end of its key, last group, first and last byte in the index. */
const PER_CHART = 4;
/** Numbers of a group: end of name, description and keywords, end in the lower-case text, end of its versions. */
const PER_GROUP = 5;

/** Stands after each field of a group; no field has one. */
export const FIELD_END = '\v';

/** Stand after a version and after its app version, which have no control characters. */
const VERSION_END = '\t';
const LINE_END = '\n';

/** Bytes as a byte string (go/byte-string.ts); hosts have faster ways. */
export type ToByteString = (bytes: Uint8Array) => string;

/** What versions of a chart have in common. */
export interface CompactGroup {
  readonly name: string;
  readonly description: string;
  /** With a space between them. */
  readonly keywords: string;
}

/** A text that grows, with the byte at which each piece ends. */
class Pieces {
  private readonly pieces: string[] = [];
  private end = 0;
  private characters = 0;

  add(text: string): number {
    this.pieces.push(text);
    this.characters += text.length;
    this.end += byteLength(text);
    return this.end;
  }

  isAscii(): boolean {
    return this.characters === this.end;
  }

  toString(): string {
    return this.pieces.join('');
  }
}

/** Puts a compact index together from charts as they are found. */
export class CompactWriter implements ChartSink {
  private readonly charts: number[] = [];
  private readonly groups: number[] = [];
  private readonly keys = new Pieces();
  private readonly texts = new Pieces();
  private readonly lower = new Pieces();
  private readonly versions = new Pieces();
  private plain = true;

  chart({ name, versions, block }: FoundChart): void {
    this.plain &&= PLAIN_NAME.test(name);
    for (const group of groupVersions(versions)) this.addGroup(group);
    const groupCount = this.groups.length / PER_GROUP;
    this.charts.push(this.keys.add(name), groupCount, block?.start ?? 0, block?.end ?? 0);
  }

  private addGroup(versions: readonly ChartVersion[]): void {
    const { name, description = '', keywords = [] } = versions[0] as ChartVersion;
    const fields = [name, description, keywords.join(' ')];
    for (const field of fields) this.groups.push(this.texts.add(field + FIELD_END));
    const lines = versions.map(({ version, appVersion = '' }) => version + VERSION_END + appVersion + LINE_END);
    const lower = fields.map((field) => lowerCase(field) + FIELD_END).join('');
    this.groups.push(this.lower.add(lower), this.versions.add(lines.join('')));
  }

  /** The compact index; its length is a multiple of 4. */
  bytes(): Uint8Array {
    const pieces = [this.keys, this.texts, this.lower, this.versions];
    const ascii = pieces.every((text) => text.isAscii());
    // In ASCII, the lower-case text is made faster than it is read.
    const texts = pieces.map((text) => encodeBytes(ascii && text === this.lower ? '' : text.toString()));
    const words = [this.charts.length / PER_CHART, this.groups.length / PER_GROUP];
    for (const bytes of texts) words.push(bytes.length);
    words.push((this.plain ? PLAIN : 0) | (ascii ? ASCII : 0));
    for (const column of [this.charts, this.groups]) for (const number of column) words.push(number);
    const out = new Uint8Array(wholeWords(words.length * 4 + texts.reduce((sum, bytes) => sum + bytes.length, 0)));
    new Uint32Array(out.buffer, 0, words.length).set(words);
    let at = words.length * 4;
    for (const bytes of texts) {
      out.set(bytes, at);
      at += bytes.length;
    }
    return out;
  }
}

/** A number of bytes, filled up to whole words. */
function wholeWords(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

/** Versions by what they say of the chart. Of versions with one text, only the last can be found: Helm keeps them by it. */
function groupVersions(versions: readonly ChartVersion[]): Iterable<ChartVersion[]> {
  const last = new Map(versions.map((v) => [v.version, v]));
  const groups = new Map<string, ChartVersion[]>();
  for (const version of versions) {
    if (last.get(version.version) !== version) continue;
    const { name, description = '', keywords = [] } = version;
    // None of the three has a control character, which validation takes out.
    const key = `${name}\v${description}\v${keywords.join(' ')}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [version]);
    else group.push(version);
  }
  return groups.values();
}

/** A compact index that was read. */
export class CompactIndex {
  readonly chartCount: number;
  readonly groupCount: number;
  /** All keys are {@link PLAIN_NAME}s. */
  readonly plain: boolean;
  private readonly ascii: boolean;
  private readonly charts: Uint32Array;
  private readonly groups: Uint32Array;
  private readonly keys: string;
  private readonly text: string;
  private readonly lowerBytes: Uint8Array;
  private readonly versions: string;
  private readonly toByteString: ToByteString;

  /** Reads what {@link CompactWriter} made, from an offset that is a multiple of 4. Nothing where it does not fit. */
  static read(bytes: Uint8Array, toByteString: ToByteString = fromBytes): CompactIndex | undefined {
    if (bytes.length < HEAD_WORDS * 4 || bytes.byteOffset % 4 !== 0) return undefined;
    const head = new Uint32Array(bytes.buffer, bytes.byteOffset, HEAD_WORDS);
    const [charts = 0, groups = 0] = head;
    const words = HEAD_WORDS + charts * PER_CHART + groups * PER_GROUP;
    const texts = head.subarray(2, HEAD_WORDS - 1).reduce((sum, length) => sum + length, 0);
    return wholeWords(words * 4 + texts) === bytes.length ? new CompactIndex(bytes, head, toByteString) : undefined;
  }

  private constructor(bytes: Uint8Array, head: Uint32Array, toByteString: ToByteString) {
    const [charts = 0, groups = 0, keys = 0, texts = 0, lower = 0, versions = 0, flags = 0] = head;
    let at = HEAD_WORDS * 4;
    const take = (length: number): Uint8Array => {
      at += length;
      return bytes.subarray(at - length, at);
    };
    const column = (length: number): Uint32Array => {
      const { buffer, byteOffset } = take(length * 4);
      return new Uint32Array(buffer, byteOffset, length);
    };
    this.chartCount = charts;
    this.groupCount = groups;
    this.plain = (flags & PLAIN) !== 0;
    this.ascii = (flags & ASCII) !== 0;
    this.toByteString = toByteString;
    this.charts = column(charts * PER_CHART);
    this.groups = column(groups * PER_GROUP);
    this.keys = toByteString(take(keys));
    this.text = toByteString(take(texts));
    this.lowerBytes = take(lower);
    this.versions = toByteString(take(versions));
  }

  private decode(text: string): string {
    return this.ascii ? text : fromByteString(text);
  }

  /** Name, description and keywords of each group in lower case, each with {@link FIELD_END} behind it: a byte string. */
  lower(): string {
    return this.ascii ? this.text.toLowerCase() : this.toByteString(this.lowerBytes);
  }

  /** A chart's key under `entries`. */
  key(i: number): string {
    const at = i * PER_CHART;
    return this.decode(this.keys.slice(i === 0 ? 0 : this.charts[at - PER_CHART], this.charts[at]));
  }

  /** Where a chart's groups end; those of the first begin at 0. */
  lastGroup(i: number): number {
    return i < 0 ? 0 : (this.charts[i * PER_CHART + 1] as number);
  }

  /** The bytes in which the index lists a chart; empty where they are not in one place. */
  range(i: number): { readonly start: number; readonly end: number } {
    const at = i * PER_CHART;
    return { start: this.charts[at + 2] as number, end: this.charts[at + 3] as number };
  }

  group(i: number): CompactGroup {
    const at = i * PER_GROUP;
    return {
      name: this.field(i === 0 ? 0 : (this.groups[at - PER_GROUP + 2] as number), this.groups[at] as number),
      description: this.description(i),
      keywords: this.field(this.groups[at + 1] as number, this.groups[at + 2] as number),
    };
  }

  description(i: number): string {
    const at = i * PER_GROUP;
    return this.field(this.groups[at] as number, this.groups[at + 1] as number);
  }

  /** A field from its start to behind its {@link FIELD_END}. */
  private field(start: number, end: number): string {
    return this.decode(this.text.slice(start, end - 1));
  }

  /** Where a group ends in the lower-case text; 0 before the first. */
  lowerEnd(i: number): number {
    return i < 0 ? 0 : (this.groups[i * PER_GROUP + 3] as number);
  }

  /** The place behind a group's last version; the first group's first version is at 0. */
  lastPlace(i: number): number {
    return i < 0 ? 0 : (this.groups[i * PER_GROUP + 4] as number);
  }

  /** The version at a place. */
  version(place: number): string {
    return this.versions.slice(place, this.versions.indexOf(VERSION_END, place));
  }

  appVersion(place: number): string {
    const { versions } = this;
    return this.decode(versions.slice(versions.indexOf(VERSION_END, place) + 1, versions.indexOf(LINE_END, place)));
  }

  /** The place of the version that comes after the one at `place`. */
  nextPlace(place: number): number {
    return this.versions.indexOf(LINE_END, place) + 1;
  }
}
