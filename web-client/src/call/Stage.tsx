import { useEffect, useRef, useState, type CSSProperties, type ReactNode } from 'react';
import { gridOf } from '../pure/grid';
import { useWords } from '../words/language';
import type { View } from './CallScreen';
import { Tile } from './Tile';
import { fitting, mainTile, tilesOf, type TileContent } from './tiles';
import { useCall } from './useCall';

const GAP_PIXELS = 10;

type Props = {
  view: View;
  pinned: string | undefined;
  onPin: (key: string | undefined) => void;
  onInvite: () => void;
};

/** The pictures: as a grid, as one large beside a strip, or, of two people, the other with oneself in the corner. */
export function Stage({ view, pinned, onPin, onInvite }: Props) {
  const words = useWords();
  const call = useCall();
  const tiles = tilesOf(call.room, call.state.broadcast);
  const speaker = call.lastSpeaker;
  const tile = (content: TileContent, className = '', style?: CSSProperties) => (
    <Tile
      key={content.key}
      content={content}
      className={className}
      style={style}
      isPinned={pinned === content.key}
      onPin={tiles.length > 2 ? () => onPin(pinned === content.key ? undefined : content.key) : undefined}
    />
  );
  const isPinned = tiles.some((content) => content.key === pinned);
  const hasScreen = tiles.some((content) => content.isScreen);
  const [only] = tiles;
  if (!only) {
    return (
      <div className="stage alone">
        {call.connection === 'connected' && (
          <div className="alone-text">
            <h2>{words.nothingYet}</h2>
            <p>{words.nothingYetText}</p>
          </div>
        )}
      </div>
    );
  }
  if (tiles.length === 1) {
    return only.who.isLocal && call.room.remoteParticipants.size === 0 ? (
      <div className="stage alone">
        {call.connection === 'connected' && <Alone onInvite={onInvite} />}
        {tile(only, 'corner')}
      </div>
    ) : (
      <div className="stage duo">{tile(only, 'large')}</div>
    );
  }
  if (tiles.length === 2 && tiles[0] && tiles[1]?.who.isLocal) {
    return (
      <div className="stage duo">
        {tile(tiles[0], 'large')}
        {tile(tiles[1], 'corner')}
      </div>
    );
  }
  const main = view === 'speaker' || hasScreen || isPinned ? mainTile(tiles, pinned, speaker) : undefined;
  if (main) {
    return (
      <div className="stage focus">
        {tile(main, 'large')}
        <div className="strip">
          {fitting(
            tiles.filter((content) => content !== main),
            speaker,
          ).map((content) => tile(content))}
        </div>
      </div>
    );
  }
  return <GridView tiles={fitting(tiles, speaker)} draw={tile} />;
}

type GridProps = {
  tiles: readonly TileContent[];
  draw: (content: TileContent, className?: string, style?: CSSProperties) => ReactNode;
};

function GridView({ tiles, draw }: GridProps) {
  const area = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    if (area.current) observer.observe(area.current);
    return () => observer.disconnect();
  }, []);
  const { tileWidth, tileHeight } = gridOf(tiles.length, size.width, size.height, GAP_PIXELS);
  return (
    <div className="stage grid" ref={area}>
      {tiles.map((content) => draw(content, '', { width: tileWidth, height: tileHeight }))}
    </div>
  );
}

function Alone({ onInvite }: { onInvite: () => void }) {
  const words = useWords();
  return (
    <div className="alone-text">
      <h2>{words.alone}</h2>
      <p>{words.aloneText}</p>
      <button type="button" className="primary big" onClick={onInvite}>
        {words.invite}
      </button>
    </div>
  );
}
