/** As many lines as tell of an hour's call, and can be mailed. */
const MAX_LINES = 2000;
const MAX_LINE_CHARS = 400;

const lines: string[] = [];

/** Notes what happened, for the log that the user can save. No token and no text of a message belongs here. */
export function note(what: string, details?: unknown): void {
  const more = details === undefined ? '' : ` ${text(details)}`;
  lines.push(`${new Date().toISOString()} ${what}${more}`.slice(0, MAX_LINE_CHARS));
  if (lines.length > MAX_LINES) lines.splice(0, lines.length - MAX_LINES);
}

export function logText(): string {
  return [`Sluice ${navigator.userAgent}`, ...lines].join('\n');
}

function text(details: unknown): string {
  if (details instanceof Error) return `${details.name}: ${details.message}`;
  return typeof details === 'string' ? details : JSON.stringify(details);
}
