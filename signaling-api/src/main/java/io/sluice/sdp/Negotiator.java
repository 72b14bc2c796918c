package io.sluice.sdp;

import io.sluice.codec.Codec;
import io.sluice.codec.CodecFormat;
import io.sluice.codec.MediaKind;
import io.sluice.room.Permissions;
import io.sluice.room.TrackInfo;
import io.sluice.sdp.Declarations.Declared;
import io.sluice.sdp.MediaSection.Msid;
import io.sluice.sdp.SectionState.Forwarded;
import io.sluice.sdp.SectionState.Published;
import io.sluice.transport.LocalTransport;
import io.sluice.transport.ReceiveSection;
import io.sluice.transport.RemoteTransport;
import io.sluice.transport.SendSection;
import io.sluice.transport.TrackSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The sections of one participant: what it publishes in each and which track is forwarded in each.
 * Offers change it, and so do tracks that come and go; answers are written from it.
 *
 * <p>Owned by the signaling thread of the participant's session; not thread-safe. It asks nobody and
 * waits for nothing: its owner carries out what an {@link Answer} says.
 *
 * <p>How an owner uses it: {@link #trackPublished} and {@link #trackUnpublished} for every event of the
 * room; when {@link #missing} then says {@code offerNeeded}, ask the client for an offer with that many
 * more sections. For each offer: {@link #restartsIce}, if so get a new {@link LocalTransport}; then
 * {@link #answer}; then carry out the sections; then send the answer; then look at {@link
 * Answer#missing}.
 */
public final class Negotiator {
    /** No letters that look alike. */
    private static final String ID_ALPHABET =
            "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    private static final int ID_LENGTH = 12;

    private final NegotiatorConfig config;
    private Permissions permissions;

    /** Whether the client may publish, or may not any more, and has not offered since. */
    private boolean permitted;

    private final RandomGenerator random;
    private final SsrcSource ssrcs;
    private final String sessionId;

    /** All tracks that should be forwarded, the oldest first; as many as the room has. */
    private final Map<String, TrackInfo> wanted = new LinkedHashMap<>();

    /** In the order of the description; a section keeps its place for ever. */
    private List<SectionState> sections = List.of();

    private @Nullable RemoteTransport remote;
    private long version;

    /**
     * @param random for SSRCs, track ids and the session id; a secure one in production
     */
    public Negotiator(NegotiatorConfig config, Permissions permissions, RandomGenerator random) {
        this.config = config;
        this.permissions = permissions;
        this.random = random;
        ssrcs = new SsrcSource(random);
        sessionId = Long.toString(random.nextLong(1, Long.MAX_VALUE));
    }

    /** A track of somebody else is there and should be forwarded; twice is once. */
    public void trackPublished(TrackInfo track) {
        wanted.putIfAbsent(track.trackId(), track);
    }

    /** A track that should be forwarded comes in other codecs than before; what it does not come in ends. */
    public void trackChanged(TrackInfo track) {
        if (wanted.replace(track.trackId(), track) == null) {
            return;
        }
        sections =
                sections.stream()
                        .map(state ->
                                state.forwards(track.trackId()) && !state.goesOn(track)
                                        ? state.withoutTrack()
                                        : state)
                        .toList();
    }

    /** A track of somebody else is gone. Its section is used again after the next answer. */
    public void trackUnpublished(String trackId) {
        if (wanted.remove(trackId) == null) {
            return;
        }
        sections =
                sections.stream()
                        .map(state -> state.forwards(trackId) ? state.withoutTrack() : state)
                        .toList();
    }

    /** What the client may do from now on; sections change with its next offer. */
    public void permit(Permissions changed) {
        permitted |= changed.canPublish() != permissions.canPublish();
        permissions = changed;
        sections = sections.stream().map(state -> state.within(changed)).toList();
    }

    /** The track that the client publishes in a section, by what was answered last. */
    public Optional<String> publishedTrack(String mid) {
        return sections.stream()
                .filter(state -> state.mid().equals(mid))
                .flatMap(state -> Stream.ofNullable(state.published()))
                .map(Published::trackId)
                .findFirst();
    }

    /** What the client's next offer has to bring, by what is known now. */
    public Missing missing() {
        Missing missing = outlook(sections).missing();
        return permitted ? new Missing(missing.audio(), missing.video(), true) : missing;
    }

    /** Tracks that this client cannot get, by id, by what is known now. */
    public Map<String, UnavailableReason> unavailable() {
        return outlook(sections).unavailable();
    }

    /** Tracks of which this client can decode nothing until their publishers send another codec. */
    public Set<String> awaited() {
        return outlook(sections).awaited();
    }

    /**
     * Whether an offer comes with other ICE credentials than the one before (RFC 8839 4.4.1.1): then
     * {@link #answer} must be given new local ones. False for the first offer.
     *
     * @throws SdpException as {@link #answer} does for an offer that cannot be used
     */
    public boolean restartsIce(SessionDescription offer) {
        return restartsIce(Offer.check(offer, config.codecs()).remote());
    }

    private boolean restartsIce(@Nullable RemoteTransport offered) {
        return remote != null
                && offered != null
                && !(remote.iceUfrag().equals(offered.iceUfrag())
                        && remote.icePassword().equals(offered.icePassword()));
    }

    /**
     * Answers an offer (RFC 8829 5.3). All or nothing: when it throws, nothing has changed.
     *
     * @param local our side of the transport
     * @param sources what the tracks show that the client publishes, by mid; for sections that are not
     *     named, camera or microphone. Read when a track is first seen
     * @throws SdpException if the offer cannot be answered; the message says why
     */
    public Answer answer(
            SessionDescription offer, LocalTransport local, Map<String, TrackSource> sources) {
        return answer(offer, local, Declarations.sources(sources));
    }

    /**
     * Answers an offer as above.
     *
     * @param declared asked once for each track that is new
     */
    public Answer answer(SessionDescription offer, LocalTransport local, Declarations declared) {
        Offer checked = Offer.check(offer, config.codecs());
        checkAgainstLast(offer);
        RemoteTransport nextRemote = checked.transportAfter(remote);
        List<SectionState> next = nextSections(checked, declared);
        assignWaiting(next, checked.clientSsrcs());
        Answer answer = write(checked, next, nextRemote, local);
        sections = List.copyOf(next);
        permitted = false;
        remote = nextRemote;
        version++;
        return answer;
    }

    private Answer write(
            Offer offer,
            List<SectionState> states,
            RemoteTransport nextRemote,
            LocalTransport local) {
        SessionDescription offered = offer.description();
        List<MediaSection> answered = new ArrayList<>();
        List<ReceiveSection> receive = new ArrayList<>();
        List<SendSection> send = new ArrayList<>();
        List<ForwardedTrack> tracks = new ArrayList<>();
        for (int i = 0; i < states.size(); i++) {
            MediaSection section = offered.sections().get(i);
            SectionState state = states.get(i);
            if (state.rejected()) {
                answered.add(SectionAnswer.rejected(section));
                continue;
            }
            String setup = nextRemote.passive() ? "active" : "passive";
            boolean first = offer.accepted().getFirst().equals(section.mid());
            if (state.isData()) {
                answered.add(SectionAnswer.data(section, local, setup, first));
                continue;
            }
            SectionAnswer answer =
                    new SectionAnswer(section, state, config.codecs(), offered.extmapAllowMixed());
            answered.add(answer.section(local, setup, first));
            ReceiveSection received = answer.receive();
            if (received != null) {
                receive.add(received);
            }
            SendSection sent = answer.send();
            if (sent != null && state.forwarded() != null) {
                send.add(sent);
                tracks.add(new ForwardedTrack(section.mid(), state.forwarded().track()));
            }
        }
        SessionDescription description =
                new SessionDescription(
                        sessionId,
                        version + 1,
                        offer.accepted(),
                        offered.extmapAllowMixed(),
                        false,
                        answered);
        Outlook outlook = outlook(states);
        return new Answer(
                description.write(),
                nextRemote,
                receive,
                send,
                tracks,
                outlook.missing(),
                outlook.unavailable(),
                restartsIce(nextRemote));
    }

    /** Sections are known by their places: none is taken away, and only stopped ones are replaced. */
    private void checkAgainstLast(SessionDescription offer) {
        List<MediaSection> offered = offer.sections();
        if (offered.isEmpty()) {
            throw new SdpException(
                    "the offer has no m= section; add a transceiver or a track before offering");
        }
        if (offered.size() > config.maxSections()) {
            throw new SdpException(
                    "the offer has %d sections; at most %d are answered"
                            .formatted(offered.size(), config.maxSections()));
        }
        if (offered.size() < sections.size()) {
            throw new SdpException(
                    "the offer has %d sections and the one before had %d; stop them with port 0"
                            .formatted(offered.size(), sections.size()));
        }
        for (int i = 0; i < sections.size(); i++) {
            SectionState before = sections.get(i);
            MediaSection section = offered.get(i);
            if (before.rejected() || section.stopped()) {
                continue;
            }
            if (!before.mid().equals(section.mid()) || before.kind() != section.kind()) {
                throw new SdpException(
                        "section %d was mid %s and is mid %s now; only stopped sections are replaced"
                                .formatted(i, before.mid(), section.mid()));
            }
        }
    }

    private List<SectionState> nextSections(Offer offer, Declarations declared) {
        List<SectionState> next = new ArrayList<>();
        for (MediaSection offered : offer.description().sections()) {
            SectionState before = next.size() < sections.size() ? sections.get(next.size()) : null;
            MediaKind kind = offered.kind();
            if (offered.isData() && !offered.stopped() && offer.accepts(offered)) {
                next.add(SectionState.data(offered.mid()));
                continue;
            }
            if (kind == null || offered.stopped() || !offer.accepts(offered)) {
                next.add(SectionState.rejected(offered.mid()));
                continue;
            }
            SectionState kept =
                    before == null || before.rejected()
                            ? SectionState.fresh(offered.mid(), kind)
                            : before;
            boolean receives = offered.direction().receives() && permissions.canSubscribe();
            Forwarded forwarded =
                    receives && kept.forwarded() != null
                            ? keep(kept.forwarded(), offered, offer)
                            : null;
            boolean ends = kept.forwarded() != null && forwarded == null;
            next.add(
                    new SectionState(
                            offered.mid(),
                            kind,
                            false,
                            published(kept, offered, declared),
                            forwarded,
                            kept.freed() || ends,
                            receives ? offered.payloads() : List.of()));
        }
        return next;
    }

    private @Nullable Published published(
            SectionState before, MediaSection offered, Declarations declarations) {
        boolean publishes = offered.direction().sends() && permissions.canPublish();
        if (!publishes || Codecs.supported(offered.payloads(), config.codecs()).isEmpty()) {
            return null;
        }
        Msid msid = offered.msid();
        String label = msid == null ? "" : msid.track();
        Published published = before.published();
        if (published != null && published.label().equals(label)) {
            RtpPayload payload = ofPublisher(offered, published.format().codec());
            if (Codecs.ofViewer(List.of(payload), published.format()) != null) {
                return published;
            }
        }
        Declared declared = declarations.of(offered);
        if (declared == null) {
            return null;
        }
        String trackId = declared.trackId();
        return new Published(
                trackId == null ? newTrackId() : trackId,
                label,
                declared.source(),
                Codecs.format(ofPublisher(offered, declared.codec())),
                declared.redundant());
    }

    /** @param offered with one codec at least that is forwarded */
    private RtpPayload ofPublisher(MediaSection offered, @Nullable Codec preferred) {
        return Objects.requireNonNull(
                Codecs.ofPublisher(offered.payloads(), Codecs.first(preferred, config.codecs())));
    }

    /** The same subscription under the numbers of a new offer; null if it cannot be decoded now. */
    private @Nullable Forwarded keep(Forwarded forwarded, MediaSection offered, Offer offer) {
        RtpPayload payload = Codecs.ofViewer(offered.payloads(), forwarded.format());
        if (payload == null) {
            return null;
        }
        boolean rtx = Codecs.rtx(offered.payloads(), payload) != null;
        if (rtx == (forwarded.rtxSsrc() != 0)) {
            return forwarded;
        }
        int rtxSsrc = rtx ? ssrcs.next(offer.clientSsrcs()) : 0;
        return new Forwarded(
                forwarded.track(),
                forwarded.format(),
                forwarded.stream(),
                forwarded.ssrc(),
                rtxSsrc);
    }

    /** Gives waiting tracks the free sections, in order. Freed ones rest once, and are free then. */
    private void assignWaiting(List<SectionState> next, Set<Integer> clientSsrcs) {
        for (TrackInfo track : waiting(next)) {
            for (int i = 0; i < next.size(); i++) {
                SectionState state = next.get(i);
                if (state.forwarded() == null && !state.freed() && state.decodes(track)) {
                    next.set(i, state.forwarding(subscribe(state, track, clientSsrcs)));
                    break;
                }
            }
        }
        next.replaceAll(SectionState::rested);
    }

    private Forwarded subscribe(SectionState state, TrackInfo track, Set<Integer> clientSsrcs) {
        CodecFormat format =
                Objects.requireNonNull(Codecs.decodable(state.receivable(), track.formats()));
        RtpPayload payload = Codecs.ofViewer(state.receivable(), format);
        boolean rtx = payload != null && Codecs.rtx(state.receivable(), payload) != null;
        int ssrc = ssrcs.next(clientSsrcs);
        String stream =
                config.streamPerTrack()
                        ? track.participantId() + '|' + track.trackId()
                        : track.participantId();
        return new Forwarded(track, format, stream, ssrc, rtx ? ssrcs.next(clientSsrcs) : 0);
    }

    private Outlook outlook(List<SectionState> states) {
        return Outlook.of(states, waiting(states), config.maxSections());
    }

    private Collection<TrackInfo> waiting(List<SectionState> states) {
        if (!permissions.canSubscribe()) {
            return List.of();
        }
        Set<String> forwarded = new HashSet<>();
        for (SectionState state : states) {
            if (state.forwarded() != null) {
                forwarded.add(state.forwarded().track().trackId());
            }
        }
        return wanted.values().stream()
                .filter(track -> !forwarded.contains(track.trackId()))
                .toList();
    }

    /** Of a track that the client begins to publish. */
    public String newTrackId() {
        StringBuilder id = new StringBuilder("TR_");
        for (int i = 0; i < ID_LENGTH; i++) {
            id.append(ID_ALPHABET.charAt(random.nextInt(ID_ALPHABET.length())));
        }
        return id.toString();
    }
}
