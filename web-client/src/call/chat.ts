import type { FileOffer } from './messages';

export type ChatLine = {
  id: string;
  at: number;
  who: string;
  name: string;
  mine: boolean;
  text?: string;
  file?: FileOffer;
  /** Of a still that the server keeps. */
  photo?: string;
};

/** More than anybody reads back; what a tab may store has a limit too. */
const MAX_LINES = 500;

/** The chat of one call as this tab saw it. It outlives a reload, and ends with the tab. */
export class Chat {
  lines: readonly ChatLine[];

  constructor(private readonly code: string) {
    this.lines = this.kept();
  }

  /** Adds a line that is not there yet; returns whether it was new. */
  add(line: ChatLine): boolean {
    if (this.lines.some((known) => known.id === line.id && known.who === line.who)) return false;
    this.lines = [...this.lines, line].slice(-MAX_LINES);
    this.keep();
    return true;
  }

  /** Adds lines of the past that are not there yet, each where its time is. */
  insert(lines: readonly ChatLine[]): void {
    const missing = lines.filter(
      (line) => !this.lines.some((known) => known.id === line.id && known.who === line.who),
    );
    if (missing.length === 0) return;
    const all = [...this.lines];
    for (const line of missing) {
      const later = all.findIndex((known) => known.at > line.at);
      all.splice(later < 0 ? all.length : later, 0, line);
    }
    this.lines = all.slice(-MAX_LINES);
    this.keep();
  }

  forget(): void {
    try {
      sessionStorage.removeItem(this.key());
    } catch {
      // It was not kept.
    }
  }

  private key(): string {
    return `sluice.chat.${this.code}`;
  }

  private keep(): void {
    try {
      sessionStorage.setItem(this.key(), JSON.stringify(this.lines));
    } catch {
      // Full or refused: the page still shows it until it is reloaded.
    }
  }

  private kept(): ChatLine[] {
    try {
      const value: unknown = JSON.parse(sessionStorage.getItem(this.key()) ?? '[]');
      return Array.isArray(value) ? (value as ChatLine[]) : [];
    } catch {
      return [];
    }
  }
}
