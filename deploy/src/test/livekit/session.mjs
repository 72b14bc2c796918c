// What a transcript of this client has, one thing after the other: node session.mjs URL CONNECTIONS ADA_TOKEN BOB_TOKEN.
import { dispose, RoomEvent, SimulateScenarioKind } from '@livekit/rtc-node';
import { next, Participant, until } from './client.mjs';
import { withoutSingleConnection } from './older.mjs';

const [server, connections, adaToken, bobToken] = process.argv.slice(2);
const url = connections === '2' ? await withoutSingleConnection(server) : server;
const ada = new Participant('ada');
const bob = new Participant('bob');

async function moreOf(what) {
  const before = bob[what];
  await until(() => bob[what] > before + 10, `bob gets ${what}`);
}

await ada.join(url, adaToken);
const met = next(ada.room, RoomEvent.ParticipantConnected);
await bob.join(url, bobToken);
await met;
const video = await ada.publishVideo();
await moreOf('videoFrames');
await ada.publishAudio();
await moreOf('audioFrames');
await ada.room.localParticipant.setAttributes({ hand: 'up' });
const gone = next(bob.room, RoomEvent.TrackUnsubscribed);
await ada.room.localParticipant.unpublishTrack(video.sid);
await gone;
await ada.publishVideo();
await moreOf('videoFrames');
for (const one of [ada, bob]) {
  const back = next(one.room, RoomEvent.Reconnected);
  await one.room.simulateScenario(SimulateScenarioKind.SIMULATE_SIGNAL_RECONNECT);
  await back;
  await moreOf('videoFrames');
}
await ada.leave();
await bob.leave();
await dispose();
process.exit(0);
