/** What lint found. Go: helm pkg/chart/v2/lint/support */
export type Severity = 'ERROR' | 'INFO' | 'WARNING';

export interface LintMessage {
  readonly severity: Severity;
  /** The file or folder that it is about; may be empty. */
  readonly path: string;
  readonly text: string;
}

/** Collects messages in the order of the rules. */
export class Findings {
  readonly messages: LintMessage[] = [];

  /** Notes a rule's outcome: nothing is good. True when it was good. */
  check(severity: Severity, path: string, text: string | undefined): boolean {
    if (text !== undefined) this.messages.push({ severity, path, text });
    return text === undefined;
  }
}

/** As lint prints it, e.g. `[INFO] Chart.yaml: icon is recommended`. */
export function formatMessage({ severity, path, text }: LintMessage): string {
  return `[${severity}] ${path}: ${text}`;
}
