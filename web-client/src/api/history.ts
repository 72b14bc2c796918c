/** The server's history of calls: `docs/history.md` describes it. */
export type Person = { identity: string; name: string };

export type PastCall = {
  callId: string;
  room: string;
  title: string;
  startedAt: string;
  endedAt?: string;
  endReason?: string;
  people: Person[];
  photos: number;
};

export type PastEvent = {
  eventId: string;
  at: string;
  kind: string;
  callId: string;
  room: string;
  identity?: string;
  name?: string;
  detail: Record<string, unknown>;
};

export type CallFilter = { text?: string; from?: string; to?: string; room?: string };

/** Why the server refused; `code` is the last part of the problem's type, or `network` if it was not reached. */
export class HistoryError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
  ) {
    super(`${code} (${status})`);
  }
}

const REQUEST_MILLIS = 20_000;

async function request(path: string, token: string | undefined, init: RequestInit = {}): Promise<Response> {
  const headers: Record<string, string> = {};
  if (token) headers['authorization'] = `Bearer ${token}`;
  if (init.body) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      ...init,
      headers,
      credentials: 'omit',
      signal: AbortSignal.timeout(REQUEST_MILLIS),
    });
  } catch {
    throw new HistoryError('network', 0);
  }
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as { type?: unknown };
    const code = typeof problem.type === 'string' ? problem.type.split(':').pop() : undefined;
    throw new HistoryError(code || 'failed', response.status);
  }
  return response;
}

function query(values: Record<string, string | undefined>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value) parameters.set(name, value);
  const text = parameters.toString();
  return text ? `?${text}` : '';
}

/** In development mode whoever is on the same machine gets a token that sees everything. */
export async function ownToken(): Promise<string | undefined> {
  try {
    const body = JSON.stringify({ roomJoin: false, roomList: true, roomCreate: true });
    const response = await request('/tokens', undefined, { method: 'POST', body });
    return ((await response.json()) as { token: string }).token;
  } catch {
    return undefined;
  }
}

export function history(token: string) {
  const roomTokens = new Map<string, Promise<string>>();

  /** Stills are shown to those of their room only: whoever may make tokens for it may see them. */
  const roomToken = (room: string): Promise<string> => {
    let known = roomTokens.get(room);
    if (!known) {
      const body = JSON.stringify({ room, roomJoin: false, roomAdmin: true });
      known = request('/tokens', token, { method: 'POST', body }).then(
        async (response) => ((await response.json()) as { token: string }).token,
      );
      roomTokens.set(room, known);
    }
    return known;
  };

  return {
    calls: async (filter: CallFilter, before?: string) =>
      (await (await request(`/history/calls${query({ ...filter, before, limit: '30' })}`, token)).json()) as {
        calls: PastCall[];
        next?: string;
      },

    /** What happened in a call, as much as can be looked through. */
    events: async (call: PastCall) =>
      (
        (await (
          await request(
            `/history/events${query({ callId: call.callId, room: call.room, limit: '1000' })}`,
            token,
          )
        ).json()) as { events: PastEvent[] }
      ).events,

    photo: async (room: string, photoId: string) =>
      (
        await request(
          `/rooms/${encodeURIComponent(room)}/snapshots/${encodeURIComponent(photoId)}`,
          await roomToken(room),
        )
      ).blob(),

    export: async (format: 'csv' | 'json', filter: CallFilter) =>
      (await request(`/history/export${query({ ...filter, format })}`, token)).blob(),
  };
}

export type History = ReturnType<typeof history>;
