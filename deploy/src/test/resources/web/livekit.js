// What tests do with LiveKit's client for browsers, which they put into the page first: it shows what it gets.

async function enter(url, token, options = {}) {
  const {Room, RoomEvent} = LivekitClient;
  window.room = new Room({dynacast: true, ...options});
  window.texts = [];
  window.left = null;
  window.moved = [];
  window.failed = [];
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
  room.on(RoomEvent.TrackSubscriptionFailed, (sid, _, why) => failed.push([sid, why]));
  room.on(RoomEvent.Disconnected, reason => { left = reason; });
  room.on(RoomEvent.Moved, name => moved.push(name));
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

// In which codec a track of a participant comes.
async function codec(of, source) {
  const {codecId} = await inbound(of, source);
  const {receiver} = room.remoteParticipants.get(of).getTrackPublication(source).track;
  return (await receiver.getStats()).get(codecId).mimeType;
}

// From now on connections offer to receive video in one codec only, and answer so.
function decodeOnly(mimeType) {
  const codecs = RTCRtpReceiver.getCapabilities('video').codecs
    .filter(one => [mimeType, 'video/rtx'].includes(one.mimeType));
  for (const describe of ['createOffer', 'createAnswer']) {
    const usual = RTCPeerConnection.prototype[describe];
    RTCPeerConnection.prototype[describe] = function (...options) {
      for (const transceiver of this.getTransceivers())
        if (transceiver.receiver.track.kind === 'video') transceiver.setCodecPreferences(codecs);
      return usual.apply(this, options);
    };
  }
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

// Publishes a data track and pushes the same frame again and again, since each may be lost; until it is unpublished.
async function push(name, text) {
  const track = await room.localParticipant.publishDataTrack({name});
  const frame = {payload: new TextEncoder().encode(text)};
  const timer = setInterval(() => track.tryPush(frame), 50);
  window.unpush = () => {
    clearInterval(timer);
    return track.unpublish();
  };
}

// Subscribes to a data track of a participant; its frames are texts then.
async function pull(of, name) {
  const track = await room.remoteParticipants.get(of).dataTracks.getDeferred(name);
  for await (const {payload} of track.subscribe())
    texts.push([of, name, new TextDecoder().decode(payload)].join(' '));
  texts.push([of, name, 'ended'].join(' '));
}

// Loses its WebSocket, and waits until it has another one.
async function resumed() {
  const back = new Promise(done => room.once(LivekitClient.RoomEvent.SignalReconnecting, () =>
    room.once(LivekitClient.RoomEvent.Reconnected, done)));
  await room.simulateScenario('signal-reconnect');
  await back;
}

// Calls RoomService as an application does; the status.
async function service(method, token, request) {
  const headers = {authorization: 'Bearer ' + token, 'content-type': 'application/json'};
  const body = JSON.stringify(request);
  const response = await fetch('/twirp/livekit.RoomService/' + method, {method: 'POST', headers, body});
  return response.status;
}

// Sends a stream of bytes.
async function stream(length) {
  const writer = await room.localParticipant.streamBytes({name: 'file', topic: 'files', totalSize: length});
  await writer.write(Uint8Array.from({length}, (_, i) => i * 31 % 251));
  await writer.close();
}

// From now on streams are taken, and calls of a method answered; of each stream a text tells whether it is as it was sent.
function serve() {
  room.registerRpcMethod('double', async ({payload}) => payload + payload);
  room.registerByteStreamHandler('files', async reader => {
    let length = 0;
    let same = true;
    for await (const chunk of reader)
      for (const byte of chunk) same = byte === length++ * 31 % 251 && same;
    texts.push(`stream ${length} ${same}`);
  });
}

// Joins once more from the same page, as somebody who comes by another device.
async function again(url, token) {
  window.second = new LivekitClient.Room();
  await second.connect(url, token);
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

// A browser without windows may have no screen to choose: from now on this one is chosen.
function drawScreen() {
  const screen = Object.assign(document.createElement('canvas'), {width: 1280, height: 720});
  const pen = screen.getContext('2d');
  let drawn = 0;
  setInterval(() => {
    pen.fillStyle = drawn++ % 2 === 0 ? 'navy' : 'teal';
    pen.fillRect(0, 0, screen.width, screen.height);
  }, 100);
  navigator.mediaDevices.getDisplayMedia = async () => screen.captureStream();
}
