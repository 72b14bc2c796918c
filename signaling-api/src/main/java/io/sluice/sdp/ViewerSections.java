package io.sluice.sdp;

import io.sluice.codec.Codec;
import io.sluice.codec.CodecFormat;
import io.sluice.codec.MediaKind;
import io.sluice.room.TrackInfo;
import io.sluice.sdp.MediaSection.Msid;
import io.sluice.sdp.MediaSection.SsrcAttribute;
import io.sluice.sdp.MediaSection.SsrcGroup;
import io.sluice.sdp.SectionState.Forwarded;
import io.sluice.transport.LocalTransport;
import io.sluice.transport.RemoteTransport;
import io.sluice.transport.SendSection;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The sections of a viewer who offers once: each is answered with an SSRC and with all codecs that both sides know,
 * and then carries now one track, now another, without a new description.
 *
 * <p>Immutable; the tracks that go into the sections are its owner's affair.
 */
public final class ViewerSections {
    private final SessionDescription answer;
    private final RemoteTransport remote;
    private final List<Section> sections;
    private final List<Codec> codecs;
    private final boolean mixed;

    private record Section(MediaSection offered, MediaKind kind, int ssrc, int rtxSsrc) {}

    private ViewerSections(
            SessionDescription answer,
            RemoteTransport remote,
            List<Section> sections,
            List<Codec> codecs,
            boolean mixed) {
        this.answer = answer;
        this.remote = remote;
        this.sections = List.copyOf(sections);
        this.codecs = codecs;
        this.mixed = mixed;
    }

    /**
     * Answers an offer in which each section is to be received.
     *
     * @param stream the name of the media stream that all sections belong to
     * @param random for SSRCs and the session id; a secure one in production
     * @throws SdpException if the offer cannot be answered; the message says why
     */
    public static ViewerSections answer(
            SessionDescription offer,
            List<Codec> codecs,
            LocalTransport local,
            String stream,
            RandomGenerator random) {
        Offer checked = Offer.check(offer, codecs);
        RemoteTransport remote = checked.remote();
        if (remote == null) {
            throw new SdpException("all sections of the offer are stopped; nothing to connect");
        }
        SsrcSource ssrcs = new SsrcSource(random);
        String setup = remote.passive() ? "active" : "passive";
        List<Section> sections = new ArrayList<>();
        List<MediaSection> answered = new ArrayList<>();
        for (MediaSection offered : offer.sections()) {
            MediaKind kind = offered.kind();
            if (kind == null || !checked.accepts(offered)) {
                answered.add(SectionAnswer.rejected(offered));
                continue;
            }
            boolean rtx =
                    Codecs.supported(offered.payloads(), codecs).stream()
                            .anyMatch(payload -> Codecs.rtx(offered.payloads(), payload) != null);
            int ssrc = ssrcs.next(checked.clientSsrcs());
            Section section =
                    new Section(offered, kind, ssrc, rtx ? ssrcs.next(checked.clientSsrcs()) : 0);
            sections.add(section);
            SectionAnswer answer =
                    new SectionAnswer(
                            offered,
                            SectionState.fresh(offered.mid(), kind),
                            codecs,
                            offer.extmapAllowMixed());
            boolean first = checked.accepted().getFirst().equals(offered.mid());
            answered.add(sending(answer.section(local, setup, first), section, stream, local));
        }
        SessionDescription description =
                new SessionDescription(
                        Long.toString(random.nextLong(1, Long.MAX_VALUE)),
                        1,
                        checked.accepted(),
                        offer.extmapAllowMixed(),
                        false,
                        answered);
        return new ViewerSections(description, remote, sections, codecs, offer.extmapAllowMixed());
    }

    private static MediaSection sending(
            MediaSection answered, Section section, String stream, LocalTransport local) {
        Msid msid = new Msid(stream, stream + "-" + answered.media());
        List<SsrcAttribute> ssrcs = new ArrayList<>();
        List<SsrcGroup> groups = List.of();
        ssrcs.add(new SsrcAttribute(section.ssrc, "cname", local.cname()));
        if (section.rtxSsrc != 0) {
            ssrcs.add(new SsrcAttribute(section.rtxSsrc, "cname", local.cname()));
            groups = List.of(new SsrcGroup("FID", List.of(section.ssrc, section.rtxSsrc)));
        }
        return answered.sending(msid, ssrcs, groups);
    }

    /** To be sent to the viewer. */
    public SessionDescription answer() {
        return answer;
    }

    /** The viewer's side of the transport. */
    public RemoteTransport remote() {
        return remote;
    }

    /** How many sections are sent in. */
    public int size() {
        return sections.size();
    }

    /** Whether a track will come in a codec that a section of its kind carries once its publisher hears of that. */
    public boolean awaits(TrackInfo track) {
        return Outlook.isAwaited(track)
                && sections.stream().anyMatch(section -> section.kind == track.kind())
                && carry(track).isEmpty();
    }

    /** How the section of a track's kind carries it; empty if there is none that can. */
    public Optional<SendSection> carry(TrackInfo track) {
        for (Section section : sections) {
            List<RtpPayload> payloads = section.offered.payloads();
            CodecFormat format = Codecs.decodable(payloads, track.formats());
            if (section.kind == track.kind() && format != null) {
                RtpPayload payload = Objects.requireNonNull(Codecs.ofViewer(payloads, format));
                boolean rtx = Codecs.rtx(payloads, payload) != null;
                SectionState state =
                        SectionState.fresh(section.offered.mid(), section.kind)
                                .forwarding(
                                        new Forwarded(
                                                track,
                                                format,
                                                section.ssrc,
                                                rtx ? section.rtxSsrc : 0));
                SectionAnswer answer = new SectionAnswer(section.offered, state, codecs, mixed);
                return Optional.of(Objects.requireNonNull(answer.send()));
            }
        }
        return Optional.empty();
    }
}
