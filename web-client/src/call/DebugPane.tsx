import { useEffect, useState } from 'react';
import { useWords } from '../words/language';
import { logText, note } from './log';
import { PanelFrame } from './PanelFrame';
import { StatsReader, type PathRow, type StreamRow } from './stats';
import { useCall } from './useCall';

const READ_MILLIS = 1000;

/** For who wants to know why a picture is as it is. */
export function DebugPane({ onClose }: { onClose: () => void }) {
  const words = useWords();
  const { room, direct } = useCall();
  const [rows, setRows] = useState<readonly StreamRow[]>([]);
  const [paths, setPaths] = useState<readonly PathRow[]>([]);
  useEffect(() => {
    const reader = new StatsReader();
    let over = false;
    const read = () =>
      reader.read(room, direct.running).then(
        (found) => {
          if (over) return;
          setRows(found.rows);
          setPaths(found.paths);
        },
        (failed) => note('no statistics', failed),
      );
    void read();
    const timer = setInterval(() => void read(), READ_MILLIS);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [room, direct]);
  const way = direct.running.length > 0 ? 'direct' : 'server';
  return (
    <PanelFrame title={words.debug} onClose={onClose} className="debug">
      <p className="debug-way" data-way={way}>
        {words.debugWay}: {way === 'direct' ? words.debugDirect : words.debugServer}
      </p>
      {paths.map((path) => (
        <dl key={path.local + path.remote}>
          <dt>{words.debugPath}</dt>
          <dd>
            {path.local} → {path.remote}
          </dd>
          <dt>{words.debugRtt}</dt>
          <dd>{path.rttMillis ?? '–'} ms</dd>
        </dl>
      ))}
      <div className="debug-table" tabIndex={0} role="region" aria-label={words.debug}>
        <table>
          <thead>
            <tr>
              <th scope="col">{words.debugTrack}</th>
              <th scope="col">{words.debugBitrate}</th>
              <th scope="col">{words.debugLoss}</th>
              <th scope="col">{words.debugPicture}</th>
              <th scope="col">{words.debugCodec}</th>
              <th scope="col">{words.debugLayer}</th>
              <th scope="col">{words.debugJitter}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.key}>
                <th scope="row">
                  <bdi>{row.name}</bdi>{' '}
                  <small>
                    {row.sent ? words.sent : words.received}
                    {row.direct && `, ${words.debugDirect}`}
                  </small>
                </th>
                <td>{row.kbps}</td>
                <td>{row.lossPercent === undefined ? '' : `${row.lossPercent.toFixed(1)} %`}</td>
                <td>{row.picture}</td>
                <td>{row.codec}</td>
                <td>{row.layer}</td>
                <td>{row.jitterMillis === undefined ? '' : `${row.jitterMillis} ms`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <button type="button" onClick={() => saveLog(rows, paths)}>
        {words.exportLog}
      </button>
    </PanelFrame>
  );
}

function saveLog(rows: readonly StreamRow[], paths: readonly PathRow[]): void {
  const text = [logText(), JSON.stringify(paths, null, 1), JSON.stringify(rows, null, 1)].join('\n\n');
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = 'sluice-log.txt';
  link.click();
  URL.revokeObjectURL(address);
}
