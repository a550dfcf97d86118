/** What names, labels and keys may be. Go: apimachinery/pkg/util/validation */
import type { Json } from '../../../cluster/json.ts';
import { type Fault, invalidValue } from '../server/refusal.ts';

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

const LABEL_TEXT =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_1035_TEXT =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const NAME_TEXT =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE_TEXT =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/** What is wrong with a name; nothing where it is right. */
export type NameRule = (name: string) => readonly string[];

function tooLong(limit: number, text = 'characters'): string {
  return `must be no more than ${limit} ${text}`;
}

export const dnsLabel: NameRule = (name) => [
  ...(name.length > 63 ? [tooLong(63)] : []),
  ...(LABEL.test(name) ? [] : [SUBDOMAIN.test(name) ? 'must not contain dots' : LABEL_TEXT]),
];

export const dnsSubdomain: NameRule = (name) => [
  ...(name.length > 253 ? [tooLong(253)] : []),
  ...(SUBDOMAIN.test(name) ? [] : [SUBDOMAIN_TEXT]),
];

export const dns1035Label: NameRule = (name) => [
  ...(name.length > 63 ? [tooLong(63)] : []),
  ...(LABEL_1035.test(name) ? [] : [LABEL_1035_TEXT]),
];

/** What can be one part of a path. Go: apimachinery/pkg/api/validation/path */
export const pathSegment: NameRule = (name) => {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((c) => name.includes(c)).map((c) => `may not contain '${c}'`);
};

/** `prefix/name`, as keys of labels and annotations. */
export const qualifiedName: NameRule = (value) => {
  const parts = value.split('/');
  const faults: string[] = [];
  let name = value;
  if (parts.length === 2) {
    const [prefix = '', rest = ''] = parts;
    name = rest;
    if (prefix === '') faults.push('prefix part must be non-empty');
    else faults.push(...dnsSubdomain(prefix).map((text) => `prefix part ${text}`));
  } else if (parts.length > 2) {
    return [`a valid label key ${NAME_TEXT} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  if (name === '') faults.push('name part must be non-empty');
  else if (name.length > 63) faults.push(`name part ${tooLong(63, 'bytes')}`);
  if (!NAME.test(name)) faults.push(`name part ${NAME_TEXT}`);
  return faults;
};

export const labelValue: NameRule = (value) => [
  ...(value.length > 63 ? [tooLong(63, 'bytes')] : []),
  ...(VALUE.test(value) ? [] : [VALUE_TEXT]),
];

export const configKey: NameRule = (key) => {
  const faults = key.length > 253 ? [tooLong(253)] : [];
  if (!/^[-._a-zA-Z0-9]+$/.test(key)) {
    faults.push(
      "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    );
  }
  if (key === '.') faults.push("must not be '.'");
  else if (key === '..') faults.push("must not be '..'");
  else if (key.startsWith('..')) faults.push("must not start with '..'");
  return faults;
};

/** A rule's texts as faults of a field. */
export function faultsOf(rule: NameRule, field: string, value: string): Fault[] {
  return rule(value).map((text) => invalidValue(field, value as Json, text));
}

/** A name with its end masked, where something will be added to it. */
export function asPrefix(rule: NameRule): NameRule {
  return (name) => rule(name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name);
}

const ANNOTATIONS_LIMIT = 256 * 1024;

export function labelFaults(labels: Readonly<Record<string, string>>, field: string): Fault[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...faultsOf(qualifiedName, field, key),
    ...faultsOf(labelValue, field, value),
  ]);
}

export function annotationFaults(annotations: Readonly<Record<string, string>>, field: string): Fault[] {
  const faults = Object.keys(annotations).flatMap((key) =>
    qualifiedName(key.toLowerCase()).map((text) => invalidValue(field, key, text)),
  );
  const size = Object.entries(annotations).reduce((sum, [key, value]) => sum + byteSize(key) + byteSize(value), 0);
  if (size <= ANNOTATIONS_LIMIT) return faults;
  return [...faults, { type: 'TooLong', field, text: `Too long: may not be more than ${ANNOTATIONS_LIMIT} bytes` }];
}

function byteSize(text: string): number {
  return new TextEncoder().encode(text).length;
}
