/** The server's calls: `docs/calls.md` describes them. */
export type Role = 'host' | 'speaker' | 'viewer';

export type CallInfo = {
  code: string;
  title: string;
  passwordNeeded: boolean;
  lobby: boolean;
  audioOnly: boolean;
  locked: boolean;
  broadcast: boolean;
  keepChat: boolean;
  participants: number;
};

export type NewCall = {
  title?: string;
  password?: string;
  lobby?: boolean;
  audioOnly?: boolean;
  broadcast?: boolean;
  topology?: 'sfu' | 'auto';
  keepChat?: boolean;
};

export type Admission = { token: string; identity: string; role: Role };
export type CreatedCall = Admission & { code: string; title: string };
export type Ticket = { ticket: string };
export type LobbyState = { state: 'waiting' | 'admitted' | 'refused'; join?: Admission };
export type LobbyEntry = { id: string; name: string };
export type BlockedPerson = { identity: string; name: string };
export type LobbyList = { version: number; waiting: LobbyEntry[] };

/** Why the server refused; `code` is the last part of the problem's type, or `network` if it was not reached. */
export class CallError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    readonly retryAfterSeconds: number,
  ) {
    super(`${code} (${status})`);
  }
}

const REQUEST_MILLIS = 15_000;

/** The server answers a long poll after this at the latest. */
export const POLL_SECONDS = 20;

type Ask = { method?: string; body?: unknown; token?: string; signal?: AbortSignal; millis?: number };

export async function ask<Answer>(path: string, asked: Ask = {}): Promise<Answer> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (asked.body !== undefined) headers['content-type'] = 'application/json';
  if (asked.token) headers['authorization'] = `Bearer ${asked.token}`;
  const late = AbortSignal.timeout(asked.millis ?? REQUEST_MILLIS);
  const init: RequestInit = {
    method: asked.method ?? 'GET',
    headers,
    credentials: 'omit',
    cache: 'no-store',
    signal: asked.signal ? AbortSignal.any([asked.signal, late]) : late,
  };
  if (asked.body !== undefined) init.body = JSON.stringify(asked.body);
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, init);
  } catch (failed) {
    if (asked.signal?.aborted) throw failed;
    throw new CallError('network', 0, 0);
  }
  if (!response.ok) throw await refusal(response);
  return (response.status === 204 ? undefined : await response.json().catch(() => undefined)) as Answer;
}

async function refusal(response: Response): Promise<CallError> {
  const problem = (await response.json().catch(() => ({}))) as { type?: unknown };
  const told = typeof problem.type === 'string' ? problem.type.split(':').pop() : undefined;
  const code = told || wordOf(response.status);
  const after = Number(response.headers.get('retry-after') ?? 0);
  return new CallError(code, response.status, Number.isFinite(after) ? Math.max(0, Math.ceil(after)) : 0);
}

function wordOf(status: number): string {
  return status === 404 ? 'call-not-found' : status === 429 ? 'too-many-calls' : 'failed';
}

const at = (code: string) => `/calls/${encodeURIComponent(code)}`;

export const calls = {
  create: (call: NewCall, name: string, device: string) =>
    ask<CreatedCall>('/calls', { method: 'POST', body: { ...call, name, device } }),

  look: (code: string) => ask<CallInfo>(at(code)),

  join: (code: string, who: { name: string; device: string; password?: string }) =>
    ask<Admission | Ticket>(`${at(code)}/join`, { method: 'POST', body: who }),

  /** Waits until the host has decided, or for a while. */
  wait: (code: string, ticket: string, signal: AbortSignal) =>
    ask<LobbyState>(`${at(code)}/lobby/${encodeURIComponent(ticket)}?wait=${POLL_SECONDS}`, {
      signal,
      millis: (POLL_SECONDS + 15) * 1000,
    }),

  giveUp: (code: string, ticket: string) =>
    ask<void>(`${at(code)}/lobby/${encodeURIComponent(ticket)}`, { method: 'DELETE' }),
};

/** What only the host may ask for, with the token of its seat. */
export function moderation(code: string, token: () => string) {
  const who = (identity: string) => `${at(code)}/participants/${encodeURIComponent(identity)}`;
  const post = (path: string, body: unknown) => ask<void>(path, { method: 'POST', body, token: token() });
  return {
    /** Who waits: at once, or as soon as it is no more what `after` was. */
    lobby: (after: number | undefined, signal: AbortSignal) =>
      ask<LobbyList>(
        `${at(code)}/lobby${after === undefined ? '' : `?wait=${POLL_SECONDS}&after=${after}`}`,
        {
          token: token(),
          signal,
          millis: (POLL_SECONDS + 15) * 1000,
        },
      ),
    decide: (id: string, admit: boolean) => post(`${at(code)}/lobby/${encodeURIComponent(id)}`, { admit }),
    /** An empty password takes it away. */
    change: (body: {
      title?: string;
      password?: string;
      locked?: boolean;
      lobby?: boolean;
      keepChat?: boolean;
    }) => ask<void>(at(code), { method: 'PATCH', body, token: token() }),
    end: () => ask<void>(at(code), { method: 'DELETE', token: token() }),
    mute: (identity: string) => post(`${who(identity)}/mute`, { source: 'microphone' }),
    remove: (identity: string) => post(`${who(identity)}/remove`, {}),
    block: (identity: string) => post(`${who(identity)}/block`, {}),
    unblock: (identity: string) => post(`${who(identity)}/block`, { blocked: false }),
    blocked: () => ask<{ blocked: BlockedPerson[] }>(`${at(code)}/blocked`, { token: token() }),
    role: (identity: string, role: Role) => post(`${who(identity)}/role`, { role }),
  };
}

export type Moderation = ReturnType<typeof moderation>;
