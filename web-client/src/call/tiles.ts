import { Track, type Participant, type Room, type TrackPublication } from 'livekit-client';
import type { Role } from '../api/calls';

export type TileContent = {
  key: string;
  who: Participant;
  isScreen: boolean;
  picture: TrackPublication | undefined;
};

/** More pictures than this are too small to see anything in, and too many to decode. */
export const MAX_TILES = 25;

export function roleOf(who: Participant): Role {
  const told = who.attributes['sluice.role'];
  return told === 'host' || told === 'viewer' ? told : 'speaker';
}

export function viewersIn(room: Room): number {
  const all: Participant[] = [room.localParticipant, ...room.remoteParticipants.values()];
  return all.filter((who) => roleOf(who) === 'viewer').length;
}

/**
 * What there is to show, screens first, then the others as they came. Oneself is the last. Who watches a broadcast is not
 * shown: they may be hundreds.
 */
export function tilesOf(room: Room, isBroadcast: boolean): TileContent[] {
  const isShown = (who: Participant) => !isBroadcast || roleOf(who) !== 'viewer';
  const remote = [...room.remoteParticipants.values()].filter(isShown);
  const screens = remote.flatMap((who) => {
    const picture = who.getTrackPublication(Track.Source.ScreenShare);
    return picture ? [{ key: `${who.identity}/screen`, who, isScreen: true, picture }] : [];
  });
  const people = remote.map((who) => camera(who));
  const self = room.localParticipant;
  return [...screens, ...people, ...(isShown(self) ? [camera(self)] : [])];
}

function camera(who: Participant): TileContent {
  const publication = who.getTrackPublication(Track.Source.Camera);
  const picture = publication && !publication.isMuted ? publication : undefined;
  return { key: who.identity, who, isScreen: false, picture };
}

/** The tile that is shown large: what is pinned, or else a screen, or else who spoke last. */
export function mainTile(
  tiles: readonly TileContent[],
  pinned: string | undefined,
  speaker: string | undefined,
): TileContent | undefined {
  return (
    tiles.find((tile) => tile.key === pinned) ??
    tiles.find((tile) => tile.isScreen) ??
    tiles.find((tile) => tile.key === speaker && !tile.who.isLocal) ??
    tiles.find((tile) => !tile.who.isLocal) ??
    tiles[0]
  );
}

/** With more people than tiles, who speaks has a tile. */
export function fitting(tiles: readonly TileContent[], speaker: string | undefined): TileContent[] {
  if (tiles.length <= MAX_TILES) return [...tiles];
  const first = tiles.slice(0, MAX_TILES - 1);
  const last = tiles.find((tile) => tile.key === speaker && !first.includes(tile)) ?? tiles[tiles.length - 1];
  return last ? [...first, last] : first;
}
