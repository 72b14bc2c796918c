// What docs/whip-whep.md shows, and what a test looks at. A session: {pc, url, etag, statuses}.

async function token(room, identity) {
  const reply = await fetch('/api/v1/dev/token', {
    method: 'POST',
    headers: {'Content-Type': 'application/json'},
    body: JSON.stringify({room, identity, name: identity}),
  });
  return (await reply.json()).token;
}

async function begin(pc, endpoint, bearer) {
  const session = {pc, statuses: []};
  const early = [];
  pc.onicecandidate = ({candidate}) => {
    if (!candidate) return;
    if (session.url) trickle(session, candidate);
    else early.push(candidate);
  };
  await pc.setLocalDescription();
  const reply = await fetch(endpoint, {
    method: 'POST',
    headers: {'Content-Type': 'application/sdp', Authorization: 'Bearer ' + bearer},
    body: pc.localDescription.sdp,
  });
  session.statuses.push(reply.status);
  if (reply.status !== 201) throw new Error(reply.status + ' ' + (await reply.text()));
  session.url = new URL(reply.headers.get('Location'), reply.url).href;
  session.etag = reply.headers.get('ETag');
  await pc.setRemoteDescription({type: 'answer', sdp: await reply.text()});
  for (const candidate of early) await trickle(session, candidate);
  return session;
}

function fragment(sdp, candidates) {
  const line = name => sdp.match(new RegExp('^a=' + name + ':.*$', 'm'))[0].trim();
  return [line('ice-ufrag'), line('ice-pwd'), sdp.match(/^m=.*$/m)[0].trim(), line('mid')]
    .concat(candidates.map(candidate => 'a=' + candidate), '').join('\r\n');
}

async function trickle(session, candidate) {
  const reply = await fetch(session.url, {
    method: 'PATCH',
    headers: {'Content-Type': 'application/trickle-ice-sdpfrag', 'If-Match': session.etag},
    body: fragment(session.pc.localDescription.sdp, [candidate.candidate]),
  });
  session.statuses.push(reply.status);
}

async function restart(session) {
  const pc = session.pc;
  const answer = pc.remoteDescription.sdp;
  pc.onicecandidate = null;
  await pc.setLocalDescription(await pc.createOffer({iceRestart: true}));
  while (pc.iceGatheringState !== 'complete') await new Promise(done => setTimeout(done, 20));
  const mine = pc.localDescription.sdp;
  const found = [...new Set(mine.match(/candidate:.*/g) ?? [])].map(text => text.trim());
  const reply = await fetch(session.url, {
    method: 'PATCH',
    headers: {'Content-Type': 'application/trickle-ice-sdpfrag', 'If-Match': '*'},
    body: fragment(mine, found),
  });
  session.statuses.push(reply.status);
  session.etag = reply.headers.get('ETag');
  const fresh = await reply.text();
  const value = name => fresh.match(new RegExp('^a=' + name + ':.*$', 'm'))[0].trim();
  const sdp = answer
    .replace(/^a=ice-ufrag:.*$/gm, value('ice-ufrag'))
    .replace(/^a=ice-pwd:.*$/gm, value('ice-pwd'));
  await pc.setRemoteDescription({type: 'answer', sdp});
}

async function publish(room, identity, encodings, height = 480) {
  const pc = new RTCPeerConnection();
  const stream = await navigator.mediaDevices.getUserMedia({audio: true, video: {height}});
  window.stream = stream;
  for (const track of stream.getTracks()) {
    const options = {direction: 'sendonly', streams: [stream]};
    if (track.kind === 'video' && encodings > 1) {
      options.sendEncodings = [...Array(encodings).keys()]
        .map(i => ({rid: String(i), scaleResolutionDownBy: 2 ** (encodings - 1 - i)}));
    }
    pc.addTransceiver(track, options);
  }
  window.session = await begin(pc, '/whip/' + room, await token(room, identity));
}

async function view(room, identity, participant) {
  const pc = new RTCPeerConnection();
  pc.addTransceiver('audio', {direction: 'recvonly'});
  pc.addTransceiver('video', {direction: 'recvonly'});
  const stream = new MediaStream();
  pc.ontrack = ({track}) => stream.addTrack(track);
  document.querySelector('#view').srcObject = stream;
  const whom = participant ? '/participants/' + participant : '';
  window.session = await begin(pc, '/whep/' + room + whom, await token(room, identity));
}

async function end() {
  const reply = await fetch(session.url, {method: 'DELETE'});
  session.statuses.push(reply.status);
  return reply.status;
}

async function look() {
  const report = [...(await session.pc.getStats()).values()];
  const inbound = kind => report.find(one => one.type === 'inbound-rtp' && one.kind === kind);
  const transport = report.find(one => one.type === 'transport');
  return {
    connection: session.pc.connectionState,
    statuses: session.statuses,
    frames: inbound('video')?.framesDecoded ?? 0,
    height: inbound('video')?.frameHeight ?? 0,
    lost: inbound('video')?.packetsLost ?? 0,
    heard: inbound('audio')?.packetsReceived ?? 0,
    sent: report.filter(one => one.type === 'outbound-rtp' && one.kind === 'video' && one.framesSent > 0)
      .length,
    pair: transport?.selectedCandidatePairId,
  };
}
