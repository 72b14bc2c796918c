// What tests do with LiveKit's client for browsers, which they put into the page first: it shows what it gets.

async function enter(url, token, options = {}) {
  const {Room, RoomEvent} = LivekitClient;
  window.room = new Room({dynacast: true, ...options});
  window.texts = [];
  window.left = null;
  room.on(RoomEvent.TrackSubscribed, (track, _, participant) => {
    const shown = track.attach();
    shown.dataset.of = participant.identity + ' ' + track.source;
    document.body.append(shown);
  });
  // The track itself has let go of its element by then.
  room.on(RoomEvent.TrackUnsubscribed, (track, _, participant) =>
    element(participant.identity, track.source)?.remove());
  room.on(RoomEvent.DataReceived, (bytes, from, _, topic) =>
    texts.push([from?.identity, topic, new TextDecoder().decode(bytes)].join(' ')));
  room.on(RoomEvent.Disconnected, reason => { left = reason; });
  await room.connect(url, token);
}

function element(of, source) {
  return document.querySelector(`[data-of="${of} ${source}"]`);
}

// What the connection received of a track of a participant.
async function inbound(of, source) {
  const track = room.remoteParticipants.get(of)?.getTrackPublication(source)?.track;
  const report = track ? [...(await track.receiver.getStats()).values()] : [];
  return report.find(({type}) => type === 'inbound-rtp') ?? {};
}

// How many pictures of a participant were decoded; none before one is shown. (The element itself counts none in Firefox.)
async function pictures(of, source = 'camera') {
  if (!(element(of, source)?.videoWidth > 0)) return 0;
  return (await inbound(of, source)).framesDecoded ?? 0;
}

// How loud a participant was, all in all.
async function heard(of) {
  return (await inbound(of, 'microphone')).totalAudioEnergy ?? 0;
}

function say(topic, text) {
  return room.localParticipant.publishData(new TextEncoder().encode(text), {reliable: true, topic});
}

// How many bytes come in so many milliseconds.
async function bytesIn(of, source, millis) {
  const {bytesReceived: before} = await inbound(of, source);
  await new Promise(done => setTimeout(done, millis));
  return (await inbound(of, source)).bytesReceived - before;
}

// Replaces the page's style.
function style(text) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  document.adoptedStyleSheets = [sheet];
}

// Options of a room whose media and data only those can read who have the key; needs workerUrl.
async function encryption(key) {
  const keyProvider = new LivekitClient.ExternalE2EEKeyProvider();
  await keyProvider.setKey(key);
  return {encryption: {keyProvider, worker: new Worker(workerUrl)}};
}
