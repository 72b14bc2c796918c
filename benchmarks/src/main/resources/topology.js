// The page that `./sluice bench topology` measures: somebody in a call, connected with each other straight or once with a server.
(() => {
  let media;
  let bitsPerSecond;
  const connections = [];
  const sockets = [];

  const show = (stream) => {
    const [{kind}] = stream.getTracks();
    const shown = document.body.appendChild(document.createElement(kind));
    return Object.assign(shown, {autoplay: true, srcObject: stream, width: 320});
  };

  // A fixed bitrate, from the first second: nobody is to climb there.
  const fixed = (sdp) =>
    sdp.replace(/a=rtpmap:(\d+) VP8\/90000\r\n/g, (line, type) => {
      const kilobits = bitsPerSecond / 1000;
      return `${line}a=fmtp:${type} x-google-start-bitrate=${kilobits};x-google-min-bitrate=${kilobits}\r\n`;
    });

  // The generator's clients say nothing of delays: a page that waited for that would send less and less.
  const withoutArrivals = (sdp) =>
    sdp
      .replace(/a=rtcp-fb:\d+ transport-cc\r\n/g, '')
      .replace(/a=extmap:\d+ \S+transport-wide-cc\S*\r\n/g, '');

  // A picture of one size: what a machine is too slow for shows as fewer frames.
  async function bound(connection) {
    for (const sender of connection.getSenders()) {
      if (sender.track?.kind !== 'video') continue;
      const parameters = sender.getParameters();
      parameters.degradationPreference = 'maintain-resolution';
      parameters.encodings[0].maxBitrate = bitsPerSecond;
      await sender.setParameters(parameters);
    }
  }

  function connect() {
    const connection = new RTCPeerConnection({bundlePolicy: 'max-bundle'});
    connections.push(connection);
    connection.ontrack = ({track}) => show(new MediaStream([track]));
    media.getTracks().forEach((track) => connection.addTrack(track));
    return connection;
  }

  const gathered = (connection) =>
    new Promise((resolve) => {
      const look = () => connection.iceGatheringState === 'complete' && resolve();
      connection.onicegatheringstatechange = look;
      look();
    });

  // As many encoded pictures of the camera, the first a keyframe and no other.
  async function record(count) {
    const {width, height} = media.getVideoTracks()[0].getSettings();
    const track = media.getVideoTracks()[0].clone();
    const reader = new MediaStreamTrackProcessor({track}).readable.getReader();
    const encoded = [];
    const encoder = new VideoEncoder({
      output: (chunk) => {
        const bytes = new Uint8Array(chunk.byteLength);
        chunk.copyTo(bytes);
        encoded.push(bytes.toBase64());
      },
      error: (failed) => console.error(failed),
    });
    encoder.configure({
      codec: 'vp8', width, height, bitrate: bitsPerSecond, framerate: 30, latencyMode: 'realtime',
    });
    for (let i = 0; i < count; i++) {
      const {value} = await reader.read();
      encoder.encode(value, {keyFrame: i === 0});
      value.close();
    }
    await encoder.flush();
    encoder.close();
    track.stop();
    return encoded;
  }

  window.topology = {
    async open(bits, count) {
      bitsPerSecond = bits;
      media = await navigator.mediaDevices.getUserMedia(
        {audio: true, video: {width: 640, height: 360, frameRate: 30}});
      show(new MediaStream(media.getVideoTracks()));
      return record(count);
    },

    async answer(offer) {
      const connection = connect();
      await connection.setRemoteDescription({type: 'offer', sdp: withoutArrivals(fixed(offer))});
      await connection.setLocalDescription();
      await bound(connection);
      await gathered(connection);
      return connection.localDescription.sdp;
    },

    async join(room) {
      const asked = await fetch('/api/v1/dev/token', {
        method: 'POST',
        headers: {'content-type': 'application/json'},
        body: JSON.stringify({room}),
      });
      const {token} = await asked.json();
      const connection = connect();
      const socket = new WebSocket(`ws://${location.host}/api/v1/rooms/${room}/ws`);
      sockets.push(socket);
      const send = (message) => socket.send(JSON.stringify(message));
      const more = (kind, count) => {
        for (let i = 0; i < count; i++) connection.addTransceiver(kind, {direction: 'recvonly'});
      };
      const offer = async () => {
        await connection.setLocalDescription();
        send(connection.localDescription);
      };
      connection.onicecandidate = ({candidate}) => send({type: 'ice-candidate', candidate});
      const on = {
        'joined': offer,
        'answer': async ({sdp}) => {
          await connection.setRemoteDescription({type: 'answer', sdp: fixed(sdp)});
          await bound(connection);
        },
        'ice-candidate': ({candidate}) => connection.addIceCandidate(candidate),
        'renegotiate': ({audio, video}) => {
          more('audio', audio);
          more('video', video);
          return offer();
        },
        'error': ({message}) => console.error(message),
      };
      socket.onopen = () => send({type: 'join', token});
      socket.onmessage = ({data}) => {
        const message = JSON.parse(data);
        return on[message.type]?.(message);
      };
    },

    async counters() {
      const sum = {millis: performance.now(), connections: 0, sent: 0, received: 0, pictures: []};
      for (const connection of connections) {
        for (const report of (await connection.getStats()).values()) {
          if (report.type === 'transport' && report.dtlsState === 'connected') {
            sum.connections++;
            sum.sent += report.bytesSent;
            sum.received += report.bytesReceived;
          } else if (report.type === 'inbound-rtp' && report.kind === 'video') {
            sum.pictures.push(report.framesDecoded ?? 0);
          }
        }
      }
      return sum;
    },

    close() {
      for (const socket of sockets.splice(0)) socket.close();
      for (const connection of connections.splice(0)) connection.close();
      // The first is one's own picture.
      [...document.querySelectorAll('video, audio')].slice(1).forEach((shown) => shown.remove());
    },
  };
})()
