// The RTCPeerConnection: we offer, the server answers. Knows of sections, and not of people.

const REPEAT_MILLIS = 1_000;

/** Quarter, half and full: each viewer gets the one that fits its window. */
const CAMERA = [
    {rid: "q", scaleResolutionDownBy: 4, maxBitrate: 150_000},
    {rid: "h", scaleResolutionDownBy: 2, maxBitrate: 500_000},
    {rid: "f", scaleResolutionDownBy: 1, maxBitrate: 1_700_000},
];

/** Text has to be sharp, not smooth. */
const SCREEN = [
    {rid: "h", scaleResolutionDownBy: 2, maxBitrate: 400_000, maxFramerate: 5},
    {rid: "f", scaleResolutionDownBy: 1, maxBitrate: 2_000_000, maxFramerate: 5},
];

/** Says which frame needs which: without it nobody can be sent more than the lowest layer of AV1. */
const DEPENDENCIES = "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";

export class Media {
    pc;

    #send;
    #stream;
    #screen = null; // the transceiver that sends it
    #offer = null; // the one that waits for its answer
    #offerAgain = false;

    /**
     * stream: what is sent, or an empty one; redundant: whether sound is sent twice; send: sends a message;
     * onState: hears of connectionState.
     */
    constructor({iceServers, stream, redundant, send, onState}) {
        this.#send = send;
        this.#stream = stream;
        const pc = (this.pc = new RTCPeerConnection({iceServers, bundlePolicy: "max-bundle"}));
        pc.onicecandidate = ({candidate}) => send({type: "ice-candidate", candidate});
        pc.onconnectionstatechange = () => onState(pc.connectionState);
        for (const kind of ["audio", "video"]) {
            // A section that sends can receive too; without an own track there must be one to receive.
            const track = stream.getTracks().find((one) => one.kind === kind);
            const direction = track ? "sendrecv" : "recvonly";
            const sendEncodings = track?.kind === "video" ? CAMERA : [{}];
            const options = {direction, streams: [stream], sendEncodings};
            const transceiver = pc.addTransceiver(track ?? kind, options);
            if (!track) {
                takeDependencies(transceiver);
            } else if (kind === "audio" && redundant) {
                preferRedundancy(transceiver);
            }
        }
    }

    /** Offers; later, if an offer is under way. */
    async offer() {
        if (this.#offer) {
            this.#offerAgain = true;
            return;
        }
        this.#offer = {};
        this.#offerAgain = false;
        await this.pc.setLocalDescription();
        this.#sendOffer();
    }

    /** Offers so many more sections to receive in, as the server asked. */
    async offerMore(counts) {
        if (this.#offer) {
            return; // after its answer the server asks again, if it has to
        }
        for (const [kind, count] of Object.entries(counts)) {
            for (let i = 0; i < count; i++) {
                takeDependencies(this.pc.addTransceiver(kind, {direction: "recvonly"}));
            }
        }
        await this.offer();
    }

    /** Sends a screen's track too, or none any more. */
    async share(track) {
        this.#screen?.stop();
        this.#screen = track && this.pc.addTransceiver(track, {direction: "sendonly", sendEncodings: SCREEN});
        await this.offer();
    }

    /** Sends those encodings of a section that active, {rid: boolean}, says, as far as it says. */
    async activate(wanted, active) {
        const {sender} = this.pc.getTransceivers().find(({mid}) => mid === wanted);
        const parameters = sender.getParameters();
        parameters.encodings.forEach((one, index) => (one.active = active[one.rid ?? index] ?? one.active));
        await sender.setParameters(parameters);
    }

    /** Looks for a new network path; media goes on over the old one meanwhile. */
    async restartIce() {
        this.pc.restartIce();
        await this.offer();
    }

    /** Sends the offer that waits once more, unless its answer comes first. */
    repeatOffer() {
        const offer = this.#offer;
        setTimeout(() => offer && offer === this.#offer && this.#sendOffer(), REPEAT_MILLIS);
    }

    #sendOffer() {
        const mid = this.#screen?.mid;
        const sources = mid ? {[mid]: "screen_share"} : {};
        this.#send({type: "offer", sdp: this.pc.localDescription.sdp, sources});
    }

    /** Takes the answer; says whether it was one to the offer that waited. */
    async answer(sdp) {
        if (!this.#offer) {
            return false; // the second answer to an offer that was repeated
        }
        await this.pc.setRemoteDescription({type: "answer", sdp});
        this.#offer = null;
        if (this.#offerAgain) {
            await this.offer();
        }
        return true;
    }

    /** What is received in a section, what is sent in it, and whether that is the screen. */
    section(wanted) {
        const transceiver = this.pc.getTransceivers().find(({mid}) => mid === wanted);
        const {receiver, sender} = transceiver;
        return {received: receiver.track, sent: sender.track, isScreen: transceiver === this.#screen};
    }

    /** The mid of the section in which the microphone ("audio") or the camera ("video") is sent. */
    midOf(kind) {
        const track = this.#stream.getTracks().find((one) => one.kind === kind);
        return this.pc.getTransceivers().find(({sender}) => track && sender.track === track)?.mid;
    }

    close() {
        this.#offer = null; // nor is it repeated
        this.pc.close();
    }
}

/** Sends each frame of sound twice where the browser can: none asks for lost sound again. */
function preferRedundancy(transceiver) {
    const {codecs} = RTCRtpReceiver.getCapabilities("audio");
    const isRedundant = ({mimeType}) => mimeType.toLowerCase() === "audio/red";
    const redundant = codecs.filter(isRedundant);
    if (redundant.length > 0) {
        transceiver.setCodecPreferences([...redundant, ...codecs.filter((one) => !isRedundant(one))]);
    }
}

/** Chromium knows the extension, and offers it only where that is asked for. */
function takeDependencies(transceiver) {
    const extensions = transceiver.getHeaderExtensionsToNegotiate?.() ?? [];
    const wanted = extensions.find(({uri}) => uri === DEPENDENCIES);
    if (wanted) {
        wanted.direction = "sendrecv";
        transceiver.setHeaderExtensionsToNegotiate(extensions);
    }
}
