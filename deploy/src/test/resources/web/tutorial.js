// What WebRTC tutorials teach, and nothing of ours but the token.
const send = (message) => socket.send(JSON.stringify(message));
let socket;

function show({track}) {
    const element = document.body.appendChild(document.createElement(track.kind));
    element.srcObject = new MediaStream([track]);
    element.autoplay = true;
}

// The other kind of tutorial: the server offers what there is to watch, on a connection of its own.
const watching = new RTCPeerConnection();
watching.onicecandidate = ({candidate}) => send({type: "ice-candidate", candidate, connection: "offer"});
watching.ontrack = show;
async function onOffer({sdp, id}) {
    await watching.setRemoteDescription({type: "offer", sdp});
    await watching.setLocalDescription();
    send({type: "answer", sdp: watching.localDescription.sdp, id});
}

async function start() {
    const {searchParams} = new URL(location);
    const [room, identity] = [searchParams.get("room"), searchParams.get("identity")];
    const headers = {"content-type": "application/json"};
    const body = JSON.stringify({room, identity});
    const response = await fetch("/api/v1/dev/token", {method: "POST", headers, body});
    const {token} = await response.json();
    const camera = await navigator.mediaDevices.getUserMedia({audio: true, video: true});

    const pc = new RTCPeerConnection();
    camera.getTracks().forEach((track) => pc.addTrack(track, camera));
    pc.onicecandidate = ({candidate}) => send({type: "ice-candidate", candidate});
    pc.ontrack = show;
    const offer = async () => {
        await pc.setLocalDescription();
        send(pc.localDescription);
    };

    const subscribe = searchParams.get("subscribe") ?? "answer";
    const query = `access_token=${token}&subscribe=${subscribe}`;
    socket = new WebSocket(`ws://${location.host}/api/v1/rooms/${room}/ws?${query}`);
    socket.onmessage = async ({data}) => {
        const message = JSON.parse(data);
        if (message.type === "joined") {
            await offer();
        } else if (message.type === "offer") {
            await onOffer(message);
        } else if (message.type === "answer") {
            await pc.setRemoteDescription(message);
        } else if (message.type === "ice-candidate") {
            await pc.addIceCandidate(message.candidate);
        } else if (message.type === "renegotiate") {
            for (const kind of ["audio", "video"]) {
                for (let i = 0; i < message[kind]; i++) {
                    pc.addTransceiver(kind, {direction: "recvonly"});
                }
            }
            await offer();
        }
    };
}
start();
