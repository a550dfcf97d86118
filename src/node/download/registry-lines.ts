/** About tags that have `_` in them. Go: helm pkg/registry/client.go registryUnderscoreMessage */
const UNDERSCORE = [
  '',
  'OCI artifact references (e.g. tags) do not support the plus sign (+). To support',
  'storing semantic versions, Helm adopts the convention of changing plus (+) to',
  'an underscore (_) in chart version tags when pushing to a registry and back to',
  'a plus (+) when pulling from a registry.',
];

/** What Helm prints of a chart that went into a registry or came out of it. Go: client.go processChartPull, Push */
export function registryLines(what: 'Pulled' | 'Pushed', reference: string, digest: string): string[] {
  // Of what is pushed Helm looks at the tag alone.
  const looked = what === 'Pushed' ? reference.slice(reference.lastIndexOf(':')) : reference;
  const underscore = looked.includes('_') ? [`${reference} contains an underscore.`, ...UNDERSCORE] : [];
  return [`${what}: ${reference}`, `Digest: ${digest}`, ...underscore];
}
