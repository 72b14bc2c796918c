// The RTCPeerConnection: we offer, the server answers. Knows of sections, and not of people.

const REPEAT_MILLIS = 1_000;

export class Media {
    pc;

    #send;
    #offer = null; // the one that waits for its answer
    #offerAgain = false;

    /** stream: what is sent, or an empty one; send: sends a message; onState: hears of connectionState. */
    constructor({iceServers, stream, send, onState}) {
        this.#send = send;
        const pc = (this.pc = new RTCPeerConnection({iceServers, bundlePolicy: "max-bundle"}));
        pc.onicecandidate = ({candidate}) => send({type: "ice-candidate", candidate});
        pc.onconnectionstatechange = () => onState(pc.connectionState);
        for (const kind of ["audio", "video"]) {
            // A section that sends can receive too; without an own track there must be one to receive.
            const track = stream.getTracks().find((one) => one.kind === kind);
            const direction = track ? "sendrecv" : "recvonly";
            pc.addTransceiver(track ?? kind, {direction, streams: [stream]});
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
                this.pc.addTransceiver(kind, {direction: "recvonly"});
            }
        }
        await this.offer();
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
        this.#send({type: "offer", sdp: this.pc.localDescription.sdp});
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

    /** What is received in a section, and what is sent in it. */
    section(wanted) {
        const {receiver, sender} = this.pc.getTransceivers().find(({mid}) => mid === wanted);
        return {received: receiver.track, sent: sender.track};
    }

    /** The mid of the section in which "audio" or "video" is sent, once there is one. */
    midOf(kind) {
        return this.pc.getTransceivers().find(({sender}) => sender.track?.kind === kind)?.mid;
    }

    close() {
        this.#offer = null; // nor is it repeated
        this.pc.close();
    }
}
