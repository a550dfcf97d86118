/** The little of `pg` that is used here; its own types are a package of many more. */
declare module 'pg' {
  export interface QueryResult {
    readonly rows: readonly Readonly<Record<string, unknown>>[];
    readonly rowCount: number | null;
  }

  export interface PoolClient {
    query(text: string, values?: readonly unknown[]): Promise<QueryResult>;
    release(error?: boolean): void;
  }

  export class Pool {
    constructor(options: Readonly<Record<string, unknown>>);
    connect(): Promise<PoolClient>;
    on(event: 'error', listener: (error: Error) => void): this;
    end(): Promise<void>;
  }
}
