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

/** Words before the columns: charts, groups, versions, bytes of each text, and {@link PLAIN} and {@link ASCII}. */
const HEAD_WORDS = 9;

/** Bits of the last word of the head: all keys are {@link PLAIN_NAME}s; each character of the texts is a byte. */
const PLAIN = 1;
const ASCII = 2;

/** A name that stays what it is behind a slash, and has no `$$`. */
export const PLAIN_NAME: RegExp = /^[\w-][\w.-]*$/;

/** Numbers of a chart: end of its key, last group, first and last byte in the index. */
const PER_CHART = 4;
/** Numbers of a group: end of name, description and keywords, end in the lower-case text, last version. */
const PER_GROUP = 5;
/** Numbers of a version: end of it and of its app version. */
const PER_VERSION = 2;

/** Stands after each field of a group in the lower-case text; no field has one. */
export const FIELD_END = '\v';

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
  private readonly versions: number[] = [];
  private readonly keys = new Pieces();
  private readonly texts = new Pieces();
  private readonly lower = new Pieces();
  private readonly versionTexts = new Pieces();
  private readonly appVersions = new Pieces();
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
    for (const field of fields) this.groups.push(this.texts.add(field));
    for (const { version, appVersion = '' } of versions) {
      this.versions.push(this.versionTexts.add(version), this.appVersions.add(appVersion));
    }
    const lower = fields.map((field) => lowerCase(field) + FIELD_END).join('');
    this.groups.push(this.lower.add(lower), this.versions.length / PER_VERSION);
  }

  /** The compact index; its length is a multiple of 4. */
  bytes(): Uint8Array {
    const pieces = [this.keys, this.texts, this.lower, this.versionTexts, this.appVersions];
    const texts = pieces.map((text) => encodeBytes(text.toString()));
    const columns = [this.charts, this.groups, this.versions];
    const words = [
      this.charts.length / PER_CHART,
      this.groups.length / PER_GROUP,
      this.versions.length / PER_VERSION,
      ...texts.map((bytes) => bytes.length),
      (this.plain ? PLAIN : 0) | (pieces.every((text) => text.isAscii()) ? ASCII : 0),
      ...columns.flat(),
    ];
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
  /** Name, description and keywords of each group in lower case, each with {@link FIELD_END} behind it: a byte string. */
  readonly lower: string;
  private readonly ascii: boolean;
  private readonly charts: Uint32Array;
  private readonly groups: Uint32Array;
  private readonly versions: Uint32Array;
  private readonly keys: string;
  private readonly text: string;
  private readonly versionText: string;
  private readonly appVersions: string;

  /** Reads what {@link CompactWriter} made, from an offset that is a multiple of 4. Nothing where it does not fit. */
  static read(bytes: Uint8Array, toByteString: ToByteString = fromBytes): CompactIndex | undefined {
    if (bytes.length < HEAD_WORDS * 4 || bytes.byteOffset % 4 !== 0) return undefined;
    const head = new Uint32Array(bytes.buffer, bytes.byteOffset, HEAD_WORDS);
    const [charts = 0, groups = 0, versions = 0] = head;
    const words = HEAD_WORDS + charts * PER_CHART + groups * PER_GROUP + versions * PER_VERSION;
    const texts = head.subarray(3, HEAD_WORDS - 1).reduce((sum, length) => sum + length, 0);
    return wholeWords(words * 4 + texts) === bytes.length ? new CompactIndex(bytes, head, toByteString) : undefined;
  }

  private constructor(bytes: Uint8Array, head: Uint32Array, toByteString: ToByteString) {
    const [charts = 0, groups = 0, versions = 0, ...lengths] = head;
    let at = HEAD_WORDS * 4;
    const column = (length: number): Uint32Array => {
      at += length * 4;
      return new Uint32Array(bytes.buffer, bytes.byteOffset + at - length * 4, length);
    };
    const text = (length = 0): string => {
      at += length;
      return toByteString(bytes.subarray(at - length, at));
    };
    this.chartCount = charts;
    this.groupCount = groups;
    this.plain = ((lengths[5] as number) & PLAIN) !== 0;
    this.ascii = ((lengths[5] as number) & ASCII) !== 0;
    this.charts = column(charts * PER_CHART);
    this.groups = column(groups * PER_GROUP);
    this.versions = column(versions * PER_VERSION);
    this.keys = text(lengths[0]);
    this.text = text(lengths[1]);
    this.lower = text(lengths[2]);
    this.versionText = text(lengths[3]);
    this.appVersions = text(lengths[4]);
  }

  private decode(text: string): string {
    return this.ascii ? text : fromByteString(text);
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
    const { groups, text } = this;
    const at = i * PER_GROUP;
    const start = i === 0 ? 0 : groups[at - PER_GROUP + 2];
    return {
      name: this.decode(text.slice(start, groups[at])),
      description: this.decode(text.slice(groups[at], groups[at + 1])),
      keywords: this.decode(text.slice(groups[at + 1], groups[at + 2])),
    };
  }

  description(i: number): string {
    const at = i * PER_GROUP;
    return this.decode(this.text.slice(this.groups[at], this.groups[at + 1]));
  }

  /** Where a group ends in the lower-case text; 0 before the first. */
  lowerEnd(i: number): number {
    return i < 0 ? 0 : (this.groups[i * PER_GROUP + 3] as number);
  }

  /** Where a group's versions end; those of the first begin at 0. */
  lastVersion(i: number): number {
    return i < 0 ? 0 : (this.groups[i * PER_GROUP + 4] as number);
  }

  version(i: number): string {
    const at = i * PER_VERSION;
    return this.versionText.slice(i === 0 ? 0 : this.versions[at - PER_VERSION], this.versions[at]);
  }

  appVersion(i: number): string {
    const at = i * PER_VERSION + 1;
    return this.decode(this.appVersions.slice(i === 0 ? 0 : this.versions[at - PER_VERSION], this.versions[at]));
  }
}
