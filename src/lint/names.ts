/** What Kubernetes calls a valid name, by kind. Go: k8s.io/apimachinery/pkg/api/validation */
import { byteLength } from '../go/bytes.ts';
import { quote } from '../go/quote.ts';

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';

type Check = (name: string) => string[];

/** What is wrong with the name of an object of a kind, as Helm says it; nothing when it is fine. */
export function nameProblem(kind: string, name: string): string | undefined {
  const problems = checkOf(kind)(name);
  if (problems.length === 0) return undefined;
  const details = [...new Set(problems.map((text) => `metadata.name: Invalid value: ${quote(name)}: ${text}`))];
  const all = details.length === 1 ? details[0] : `[${details.join(', ')}]`;
  return `object name does not conform to Kubernetes naming requirements: ${quote(name)}: ${all}`;
}

function checkOf(kind: string): Check {
  switch (kind.toLowerCase()) {
    case 'service':
      return dns1035Label;
    case 'namespace':
      return dnsLabel;
    case 'certificatesigningrequest':
      return () => [];
    case 'role':
    case 'clusterrole':
    case 'rolebinding':
    case 'clusterrolebinding':
      return pathSegment;
    default:
      return dnsSubdomain;
  }
}

function dnsSubdomain(name: string): string[] {
  const out = tooLong(name, 253);
  if (!isSubdomain(name)) {
    out.push(
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and " +
        `end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`,
    );
  }
  return out;
}

function dnsLabel(name: string): string[] {
  const out = tooLong(name, 63);
  if (isLabel(name)) return out;
  if (isSubdomain(name)) out.push('must not contain dots');
  else {
    out.push(
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with " +
        `an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`,
    );
  }
  return out;
}

function dns1035Label(name: string): string[] {
  const out = tooLong(name, 63);
  if (!isLabel(name) || !/^[a-z]/.test(name)) {
    out.push(
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, " +
        `and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${LABEL_1035}')`,
    );
  }
  return out;
}

function pathSegment(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((c) => name.includes(c)).map((c) => `may not contain '${c}'`);
}

function tooLong(name: string, limit: number): string[] {
  return byteLength(name) > limit ? [`must be no more than ${limit} characters`] : [];
}

/** Without nested repetition, which would be slow on long names. */
function isLabel(name: string): boolean {
  return /^[-a-z0-9]+$/.test(name) && !name.startsWith('-') && !name.endsWith('-');
}

function isSubdomain(name: string): boolean {
  return name.split('.').every(isLabel);
}
