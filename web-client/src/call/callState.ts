/** What the server says of the call to all: the metadata of its room. */
export type CallState = {
  title: string;
  locked: boolean;
  lobby: boolean;
  passwordNeeded: boolean;
  broadcast: boolean;
  topology: Topology;
  keepChat: boolean;
};

/** Which way sound and pictures take. */
export type Topology = 'sfu' | 'mesh' | 'auto';

export function callState(metadata: string | undefined, title: string): CallState {
  let told: Partial<Record<keyof CallState, unknown>> | null;
  try {
    told = JSON.parse(metadata ?? '{}') as typeof told;
  } catch {
    told = null;
  }
  return {
    title: typeof told?.title === 'string' ? told.title : title,
    locked: told?.locked === true,
    lobby: told?.lobby === true,
    passwordNeeded: told?.passwordNeeded === true,
    broadcast: told?.broadcast === true,
    topology: told?.topology === 'mesh' || told?.topology === 'auto' ? told.topology : 'sfu',
    keepChat: told?.keepChat === true,
  };
}
