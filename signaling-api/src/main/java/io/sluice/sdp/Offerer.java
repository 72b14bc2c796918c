package io.sluice.sdp;

import io.sluice.codec.Codec;
import io.sluice.codec.CodecFormat;
import io.sluice.codec.MediaKind;
import io.sluice.room.Permissions;
import io.sluice.room.TrackInfo;
import io.sluice.rtp.HeaderExtension;
import io.sluice.sdp.MediaSection.Msid;
import io.sluice.sdp.MediaSection.SsrcAttribute;
import io.sluice.sdp.MediaSection.SsrcGroup;
import io.sluice.sdp.SectionState.Forwarded;
import io.sluice.transport.LocalTransport;
import io.sluice.transport.RemoteTransport;
import io.sluice.transport.SendSection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one participant is sent, where we offer and the client answers: the counterpart of the {@link Negotiator}, for
 * a transport on which nothing is published.
 *
 * <p>Owned by the signaling thread of the participant's session; not thread-safe. It asks nobody and waits for
 * nothing.
 *
 * <p>How an owner uses it: {@link #trackPublished} and {@link #trackUnpublished} for every event of the room; when
 * {@link #isNeeded}, send an {@link #offer}; give what comes back to {@link #answered} and carry out what that says.
 * An offer that is not answered may be followed by another one.
 */
public final class Offerer {
    /** With ICE the port means nothing but that the section is in use (RFC 8840 4.1.1). */
    private static final int PORT = 9;

    /**
     * Formats of one track; more than any publisher has in earnest. A track that has been refused in so many is offered
     * in no other one but VP8, and the client is told that it cannot decode it.
     */
    private static final int MAX_REFUSED = 16;

    private static final String PROTOCOL = "UDP/TLS/RTP/SAVPF";

    /** Everybody decodes it (RFC 7742 5): offered beside each codec, so that no section is refused as a whole. */
    private static final CodecFormat ALWAYS = new CodecFormat(Codec.VP8, Map.of());

    private static final List<HeaderExtension> AUDIO =
            List.of(
                    HeaderExtension.MID,
                    HeaderExtension.TRANSPORT_WIDE_SEQUENCE,
                    HeaderExtension.ABS_CAPTURE_TIME,
                    HeaderExtension.AUDIO_LEVEL);

    private static final List<HeaderExtension> VIDEO =
            List.of(
                    HeaderExtension.MID,
                    HeaderExtension.TRANSPORT_WIDE_SEQUENCE,
                    HeaderExtension.ABS_CAPTURE_TIME,
                    HeaderExtension.VIDEO_ORIENTATION,
                    HeaderExtension.PLAYOUT_DELAY,
                    HeaderExtension.DEPENDENCY_DESCRIPTOR);

    private final NegotiatorConfig config;
    private Permissions permissions;
    private final SsrcSource ssrcs;
    private final PayloadNumbers numbers = new PayloadNumbers();
    private final String sessionId;

    /** All tracks that should be forwarded, the oldest first; as many as the room has. */
    private final Map<String, TrackInfo> wanted = new LinkedHashMap<>();

    /**
     * What of a wanted track the client's answers did not take, by its id: it is not asked again until the track comes
     * in something else. A publisher may take codecs to it and away as often as it likes.
     */
    private final Map<String, Set<CodecFormat>> refused = new HashMap<>();

    /** In the order of the description; a section keeps its place for ever. */
    private final List<Place> places = new ArrayList<>();

    private @Nullable RemoteTransport remote;
    private long version;

    /**
     * One section.
     *
     * @param payloads as they were offered last
     * @param free whether the client knows that nothing is sent in it: only then another track may come, else it
     *     sees no change (W3C WebRTC 4.4.1.5)
     * @param stopped whether the client has given it up
     */
    private record Place(
            String mid,
            MediaKind kind,
            List<RtpPayload> payloads,
            @Nullable Forwarded forwarded,
            boolean free,
            boolean stopped) {

        Place forwarding(List<RtpPayload> offered, Forwarded track) {
            return new Place(mid, kind, offered, track, false, false);
        }

        Place agreed(CodecFormat format) {
            return forwarded == null
                    ? this
                    : new Place(mid, kind, payloads, forwarded.in(format), free, stopped);
        }

        Place ended() {
            return new Place(mid, kind, payloads, null, false, stopped);
        }

        Place rested() {
            return new Place(mid, kind, payloads, null, true, stopped);
        }

        Place gone() {
            return new Place(mid, kind, payloads, null, false, true);
        }

        boolean takes(MediaKind wanted) {
            return kind == wanted && free && !stopped;
        }
    }

    /**
     * @param tracks what is in it, for clients that are told by another way than the description
     */
    public record Offered(String sdp, List<ForwardedTrack> tracks) {
        public Offered {
            tracks = List.copyOf(tracks);
        }
    }

    /**
     * What an answer says.
     *
     * @param send all sections in which a track is forwarded
     * @param tracks what is forwarded, one for each of {@code send}
     */
    public record Agreed(
            RemoteTransport remote, List<SendSection> send, List<ForwardedTrack> tracks) {
        public Agreed {
            send = List.copyOf(send);
            tracks = List.copyOf(tracks);
        }
    }

    /**
     * @param random for SSRCs and the session id; a secure one in production
     */
    public Offerer(NegotiatorConfig config, Permissions permissions, RandomGenerator random) {
        this.config = config;
        this.permissions = permissions;
        ssrcs = new SsrcSource(random);
        sessionId = Long.toString(random.nextLong(1, Long.MAX_VALUE));
    }

    /** A track of somebody else is there and should be forwarded; twice is once. */
    public void trackPublished(TrackInfo track) {
        wanted.putIfAbsent(track.trackId(), track);
    }

    /** A track that should be forwarded comes in other codecs than before; what it does not come in ends. */
    public void trackChanged(TrackInfo track) {
        wanted.replace(track.trackId(), track);
    }

    /** A track of somebody else is gone, or is not to be forwarded any more. */
    public void trackUnpublished(String trackId) {
        wanted.remove(trackId);
        refused.remove(trackId);
    }

    /** What the client may do from now on. */
    public void permit(Permissions changed) {
        permissions = changed;
    }

    /** Whether an offer would change anything, by what is known now. */
    public boolean isNeeded() {
        int room = config.maxSections() - places.size();
        for (Place place : places) {
            if (!place.stopped && !place.free && !isWanted(place.forwarded)) {
                return true;
            }
        }
        return waiting().stream()
                .anyMatch(
                        track -> room > 0 || places.stream().anyMatch(p -> p.takes(track.kind())));
    }

    private boolean isWanted(@Nullable Forwarded forwarded) {
        if (forwarded == null || !permissions.canSubscribe()) {
            return false;
        }
        TrackInfo now = wanted.get(forwarded.track().trackId());
        return now != null && forwarded.goesOn(now);
    }

    private Collection<TrackInfo> waiting() {
        if (!permissions.canSubscribe()) {
            return List.of();
        }
        Set<String> placed = new HashSet<>();
        for (Place place : places) {
            if (place.forwarded != null) {
                placed.add(place.forwarded.track().trackId());
            }
        }
        return wanted.values().stream()
                .filter(track -> !placed.contains(track.trackId()) && !isUndecodable(track))
                .toList();
    }

    /** Whether the client has refused all that a track comes in. */
    private boolean isUndecodable(TrackInfo track) {
        Set<CodecFormat> not = refused.getOrDefault(track.trackId(), Set.of());
        if (not.size() >= MAX_REFUSED) {
            return not.contains(ALWAYS) || !track.formats().contains(ALWAYS);
        }
        return !not.isEmpty() && not.containsAll(track.formats());
    }

    private void refuse(TrackInfo track) {
        if (!wanted.containsKey(track.trackId())) {
            return;
        }
        Set<CodecFormat> not = refused.computeIfAbsent(track.trackId(), _ -> new HashSet<>());
        for (CodecFormat format : track.formats()) {
            if (not.size() < MAX_REFUSED || format.equals(ALWAYS)) {
                not.add(format);
            }
        }
    }

    /** Tracks that this client cannot get, by id, by what is known now. */
    public Map<String, UnavailableReason> unavailable() {
        Map<String, UnavailableReason> unavailable = new LinkedHashMap<>();
        for (TrackInfo track : undecodable()) {
            if (!Outlook.isAwaited(track)) {
                unavailable.put(track.trackId(), UnavailableReason.CODEC);
            }
        }
        if (places.size() >= config.maxSections()) {
            for (TrackInfo track : waiting()) {
                if (places.stream().noneMatch(place -> place.takes(track.kind()))) {
                    unavailable.put(track.trackId(), UnavailableReason.LIMIT);
                }
            }
        }
        return unavailable;
    }

    /** Tracks of which this client can decode nothing until their publishers send another codec. */
    public Set<String> awaited() {
        return undecodable().stream()
                .filter(Outlook::isAwaited)
                .map(TrackInfo::trackId)
                .collect(Collectors.toSet());
    }

    /** Of those that the client may have. */
    private List<TrackInfo> undecodable() {
        return permissions.canSubscribe()
                ? wanted.values().stream().filter(this::isUndecodable).toList()
                : List.of();
    }

    // ---- offers

    /** Writes an offer of all that is wanted and possible (RFC 8829 5.2). */
    public Offered offer(LocalTransport local) {
        places.replaceAll(place ->
                place.forwarded == null || isWanted(place.forwarded) ? place : place.ended());
        waiting().forEach(this::place);
        version++;
        List<MediaSection> sections = new ArrayList<>();
        List<String> bundle = new ArrayList<>();
        List<ForwardedTrack> tracks = new ArrayList<>();
        for (Place place : places) {
            sections.add(section(place, local, bundle.isEmpty()));
            if (!place.stopped) {
                bundle.add(place.mid);
            }
            if (place.forwarded != null) {
                tracks.add(new ForwardedTrack(place.mid, place.forwarded.track()));
            }
        }
        SessionDescription description =
                new SessionDescription(sessionId, version, bundle, true, false, sections);
        return new Offered(description.write(), tracks);
    }

    /** Gives a waiting track a section, if there is room for it. */
    private void place(TrackInfo track) {
        List<RtpPayload> payloads = payloads(track);
        if (payloads.isEmpty()) {
            refuse(track);
            return;
        }
        for (int i = 0; i < places.size(); i++) {
            if (places.get(i).takes(track.kind())) {
                places.set(i, places.get(i).forwarding(payloads, forward(track)));
                return;
            }
        }
        if (places.size() < config.maxSections()) {
            String mid = Integer.toString(places.size());
            places.add(new Place(mid, track.kind(), payloads, forward(track), false, false));
        }
    }

    private Forwarded forward(TrackInfo track) {
        String stream =
                config.streamPerTrack()
                        ? track.participantId() + '|' + track.trackId()
                        : track.participantId();
        boolean repaired = track.kind() == MediaKind.VIDEO;
        int ssrc = ssrcs.next(Set.of());
        // Until the client says what it can decode.
        CodecFormat format = track.format();
        return new Forwarded(track, format, stream, ssrc, repaired ? ssrcs.next(Set.of()) : 0);
    }

    /** Of a section for this track; empty if there are no numbers any more. */
    private List<RtpPayload> payloads(TrackInfo track) {
        Set<RtpPayload> payloads = new LinkedHashSet<>();
        track.formats().forEach(format -> numbers.of(format).ifPresent(payloads::addAll));
        if (!payloads.isEmpty() && track.kind() == MediaKind.VIDEO) {
            numbers.of(ALWAYS).ifPresent(payloads::addAll);
        }
        return List.copyOf(payloads);
    }

    private static MediaSection section(Place place, LocalTransport local, boolean first) {
        Forwarded forwarded = place.forwarded;
        boolean used = !place.stopped;
        Msid msid =
                forwarded == null
                        ? null
                        : new Msid(forwarded.stream(), forwarded.track().trackId());
        return new MediaSection(
                place.kind == MediaKind.AUDIO ? "audio" : "video",
                used ? PORT : 0,
                PROTOCOL,
                place.payloads.stream().map(line -> Integer.toString(line.number())).toList(),
                place.payloads,
                place.mid,
                forwarded == null ? Direction.INACTIVE : Direction.SENDONLY,
                local.iceUfrag(),
                local.icePassword(),
                true,
                used && first ? local.candidates() : List.of(),
                used && first,
                List.of(local.fingerprint()),
                "actpass",
                extensions(place.kind),
                false,
                msid,
                forwarded == null ? List.of() : ssrcs(forwarded, local.cname()),
                forwarded == null || forwarded.rtxSsrc() == 0
                        ? List.of()
                        : List.of(
                                new SsrcGroup(
                                        "FID", List.of(forwarded.ssrc(), forwarded.rtxSsrc()))),
                List.of(),
                null,
                true,
                true,
                false,
                0,
                0);
    }

    /** Within a bundle an id has one meaning (RFC 9143 16.1): one for each that there is. */
    private static List<ExtensionMapping> extensions(MediaKind kind) {
        return (kind == MediaKind.AUDIO ? AUDIO : VIDEO)
                .stream()
                        .map(extension ->
                                new ExtensionMapping(
                                        extension.ordinal() + 1,
                                        Direction.SENDRECV,
                                        extension.uri(),
                                        ""))
                        .toList();
    }

    private static List<SsrcAttribute> ssrcs(Forwarded forwarded, String cname) {
        String msid = forwarded.stream() + " " + forwarded.track().trackId();
        List<SsrcAttribute> lines = new ArrayList<>();
        for (int ssrc : new int[] {forwarded.ssrc(), forwarded.rtxSsrc()}) {
            if (ssrc != 0) {
                lines.add(new SsrcAttribute(ssrc, "cname", cname));
                lines.add(new SsrcAttribute(ssrc, "msid", msid));
            }
        }
        return lines;
    }

    // ---- answers

    /**
     * Takes the answer to the last offer (RFC 8829 5.3). All or nothing: when it throws, nothing has changed.
     *
     * @throws SdpException if it is none; the message says why
     */
    public Agreed answered(SessionDescription answer) {
        Offer checked = Offer.check(answer, config.codecs());
        checkAgainstOffer(answer);
        RemoteTransport agreed = checked.transportAfter(remote);
        List<SendSection> send = new ArrayList<>();
        List<ForwardedTrack> tracks = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            Place place = places.get(i);
            MediaSection section = answer.sections().get(i);
            SendSection sent =
                    checked.accepts(section)
                            ? sent(place, section, answer.extmapAllowMixed())
                            : null;
            if (sent != null && place.forwarded != null) {
                send.add(sent);
                tracks.add(new ForwardedTrack(place.mid, place.forwarded.track()));
                places.set(i, place.agreed(sent.codec().format()));
            } else if (place.forwarded != null) {
                refuse(place.forwarded.track());
                places.set(i, section.stopped() ? place.gone() : place.ended());
            } else {
                places.set(i, section.stopped() ? place.gone() : place.rested());
            }
        }
        remote = agreed;
        return new Agreed(agreed, send, tracks);
    }

    private void checkAgainstOffer(SessionDescription answer) {
        List<MediaSection> answered = answer.sections();
        if (answered.size() != places.size()) {
            throw new SdpException(
                    "the answer has %d sections and the offer had %d"
                            .formatted(answered.size(), places.size()));
        }
        for (int i = 0; i < places.size(); i++) {
            Place place = places.get(i);
            MediaSection section = answered.get(i);
            boolean same = place.mid.equals(section.mid()) || section.stopped();
            if (!same || place.kind != section.kind()) {
                throw new SdpException(
                        "section %d was offered as %s of mid %s"
                                .formatted(i, place.kind, place.mid));
            }
        }
    }

    /** The client's numbers for what was offered: an answer says what it receives, as an offer does. */
    private @Nullable SendSection sent(Place place, MediaSection answered, boolean mixed) {
        Forwarded forwarded = place.forwarded;
        if (forwarded == null || !answered.direction().receives()) {
            return null;
        }
        TrackInfo track = forwarded.track();
        CodecFormat format = Codecs.decodable(answered.payloads(), track.formats());
        if (format == null) {
            return null;
        }
        RtpPayload payload = Objects.requireNonNull(Codecs.ofViewer(answered.payloads(), format));
        boolean repaired = Codecs.rtx(answered.payloads(), payload) != null;
        Forwarded agreed =
                new Forwarded(
                        track,
                        format,
                        forwarded.stream(),
                        forwarded.ssrc(),
                        repaired ? forwarded.rtxSsrc() : 0);
        SectionState state = SectionState.fresh(place.mid, place.kind).forwarding(agreed);
        return new SectionAnswer(answered, state, config.codecs(), mixed).send();
    }
}
