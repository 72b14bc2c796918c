const CODE_LETTERS = 8;

/** The code in what somebody typed or pasted: the code itself in any writing, or a link to the call. */
export function codeOf(typed: string): string | undefined {
  const inLink = /\/c\/([A-Za-z-]+)/.exec(typed);
  const letters = (inLink?.[1] ?? typed).toLowerCase().replace(/[\s\-–—._]/g, '');
  if (!/^[a-z]+$/.test(letters) || letters.length !== CODE_LETTERS) return undefined;
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

export function codeOfPath(path: string): string | undefined {
  const found = /^\/c\/([^/]+)\/?$/.exec(path);
  return found?.[1] ? codeOf(found[1]) : undefined;
}

export function linkOf(code: string, origin: string): string {
  return `${origin}/c/${code}`;
}

/** What is typed, in the form of a code as far as it goes. */
export function codeAsTyped(typed: string): string {
  if (typed.includes('/')) return codeOf(typed) ?? typed;
  const letters = typed
    .toLowerCase()
    .replace(/[^a-z]/g, '')
    .slice(0, CODE_LETTERS);
  return letters.length > 4 ? `${letters.slice(0, 4)}-${letters.slice(4)}` : letters;
}
