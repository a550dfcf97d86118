import type { ApiClient, Discovery, Schemas } from './types.ts';

/** Schemas of a cluster's types from its OpenAPI documents, which are read when they are first asked for. */
export function createSchemas(_client: ApiClient, _discovery: Discovery): Schemas {
  return { typeOf: async () => undefined, check: async () => {} };
}
