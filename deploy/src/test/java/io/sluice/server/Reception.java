package io.sluice.server;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.server.browser.Page;
import java.util.ArrayList;
import java.util.List;

/**
 * What a page received of one publisher, ten times a second.
 *
 * @param samples in the order of time; at least one
 */
record Reception(List<Sample> samples) {
    /**
     * For a page of the server: {@code publish} enters with a camera that costs something to send, {@code enter} with
     * what is given, {@code watch} begins to write {@code samples} down.
     */
    static final String CLIENT =
            """
            (async () => {
              const {Call} = await import("/plain/call.js");
              window.enter = (room, name, stream = new MediaStream()) => {
                const token = async () => {
                  const headers = {"content-type": "application/json"};
                  const body = JSON.stringify({room, identity: name});
                  const answer = await fetch("/api/v1/dev/token", {method: "POST", headers, body});
                  return (await answer.json()).token;
                };
                window.call = new Call({room, name, stream, token});
                call.addEventListener("end", ({detail}) => console.error(name, detail));
              };
              // A test picture costs too little: some noise in it moves.
              const noise = () => {
                const [width, height] = [960, 540];
                const [canvas, grain] = [[width, height], [width + 256, height + 256]].map(([width, height]) =>
                  Object.assign(document.createElement("canvas"), {width, height}));
                const grains = grain.getContext("2d");
                const pixels = grains.createImageData(grain.width, grain.height);
                let seed = 1;
                for (let i = 0; i < pixels.data.length; i += 4) {
                  seed = (seed * 1103515245 + 12345) % 2147483648;
                  pixels.data.fill(seed >> 16, i, i + 3);
                  pixels.data[i + 3] = 255;
                }
                grains.putImageData(pixels, 0, 0);
                const context = canvas.getContext("2d");
                let frame = 0;
                setInterval(() => {
                  frame++;
                  context.globalAlpha = 1;
                  context.fillStyle = `hsl(${frame % 360} 50% 50%)`;
                  context.fillRect(0, 0, width, height);
                  context.globalAlpha = 0.1;
                  const [x, y] = [(frame * 37) % 256, (frame * 53) % 256];
                  context.drawImage(grain, x, y, width, height, 0, 0, width, height);
                }, 1000 / 15);
                return canvas.captureStream(15).getVideoTracks()[0];
              };
              window.publish = async (room) => {
                const stream = await navigator.mediaDevices.getUserMedia({audio: true});
                stream.addTrack(noise());
                enter(room, "ada", stream);
              };
              window.reports = async (type) =>
                [...(await call.pc.getStats()).values()].filter((one) => one.type === type);
              // Chromium only receives what it plays.
              const listen = () => {
                for (const {tracks} of call.participants.values()) {
                  const media = [...tracks.values()].find(({kind, media}) => kind === "audio" && media)?.media;
                  if (media && !window.played) {
                    window.played = new Audio();
                    played.srcObject = new MediaStream([media]);
                    played.play();
                  }
                }
              };
              window.inbound = async () => {
                listen();
                const all = await reports("inbound-rtp");
                const [audio, video] = ["audio", "video"].map((kind) =>
                  all.find((one) => one.kind === kind && one.packetsReceived) ?? {});
                return {
                  millis: Math.round(performance.timeOrigin + performance.now()),
                  height: video.frameHeight ?? 0,
                  frames: video.framesDecoded ?? 0,
                  bytes: video.bytesReceived ?? 0,
                  freezes: video.freezeCount ?? 0,
                  frozenMillis: Math.round(1000 * (video.totalFreezesDuration ?? 0)),
                  heard: audio.totalSamplesReceived ?? 0,
                  concealed: audio.concealedSamples ?? 0,
                  // Of packets that repeat a frame which came in time.
                  discarded: audio.packetsDiscarded ?? 0,
                };
              };
              window.watch = () => {
                window.samples = [];
                clearInterval(window.watching);
                window.watching = setInterval(async () => samples.push(await inbound()), 100);
              };
              window.elapsed = () => samples.at(-1).millis - samples[0].millis;
            })()
            """;

    /** Of what is heard in a tenth of a second: with more concealed there is a gap. */
    private static final double GAP = 0.9;

    /** Where a sample should have come each 100 ms. */
    private static final int STALL_MILLIS = 250;

    /** So long after a pause it may still be felt: what was late has to catch up. */
    private static final int AFTERMATH_MILLIS = 1_000;

    /**
     * What was received up to a moment.
     *
     * @param millis by the clock of the machine, the same for all pages
     * @param heard samples of audio, with those that were {@code concealed}
     */
    record Sample(
            long millis,
            int height,
            int frames,
            long bytes,
            int freezes,
            int frozenMillis,
            long heard,
            long concealed) {
        private static Sample of(JsonNode node) {
            return new Sample(
                    node.path("millis").asLong(),
                    node.path("height").asInt(),
                    node.path("frames").asInt(),
                    node.path("bytes").asLong(),
                    node.path("freezes").asInt(),
                    node.path("frozenMillis").asInt(),
                    node.path("heard").asLong(),
                    node.path("concealed").asLong());
        }
    }

    /**
     * A time in which something stood still.
     *
     * @param lengthMillis of the pause itself: it lay somewhere within
     */
    record Pause(long fromMillis, long toMillis, int lengthMillis) {
        static int longestMillis(List<Pause> pauses) {
            return pauses.stream().mapToInt(Pause::lengthMillis).max().orElse(0);
        }

        private boolean isNear(Pause other) {
            return fromMillis < other.toMillis + AFTERMATH_MILLIS && other.fromMillis < toMillis;
        }
    }

    static Reception of(Page page) {
        List<Sample> samples = new ArrayList<>();
        page.evaluate("samples").forEach(node -> samples.add(Sample.of(node)));
        return new Reception(samples);
    }

    private Sample first() {
        return samples.getFirst();
    }

    private Sample last() {
        return samples.getLast();
    }

    /** The part between two times since the begin. */
    Reception between(int fromMillis, int toMillis) {
        long begin = first().millis;
        return new Reception(
                samples.stream()
                        .filter(one -> one.millis >= begin + fromMillis)
                        .filter(one -> one.millis < begin + toMillis)
                        .toList());
    }

    /** From the first sample to another. */
    double seconds(Sample to) {
        return (to.millis - first().millis) / 1e3;
    }

    /**
     * When the picture stood still: those times that did not have to do with any of the {@code others}.
     *
     * <p>A freeze is known when it is over.
     */
    List<Pause> freezes(List<Pause> others) {
        List<Pause> freezes = new ArrayList<>();
        for (int i = 1; i < samples.size(); i++) {
            Sample before = samples.get(i - 1);
            Sample now = samples.get(i);
            int count = now.freezes - before.freezes;
            int eachMillis = (now.frozenMillis - before.frozenMillis) / Math.max(1, count);
            for (int j = 0; j < count; j++) {
                freezes.add(new Pause(before.millis - eachMillis, now.millis, eachMillis));
            }
        }
        freezes.removeIf(freeze -> others.stream().anyMatch(freeze::isNear));
        return freezes;
    }

    /** When the page did not get to write samples down. */
    List<Pause> stalls() {
        List<Pause> stalls = new ArrayList<>();
        for (int i = 1; i < samples.size(); i++) {
            long from = samples.get(i - 1).millis;
            long to = samples.get(i).millis;
            if (to - from > STALL_MILLIS) {
                stalls.add(new Pause(from, to, (int) (to - from)));
            }
        }
        return stalls;
    }

    /** Each that there was, in order. */
    List<Integer> heights() {
        List<Integer> heights = new ArrayList<>();
        samples.stream()
                .map(Sample::height)
                .filter(height -> heights.isEmpty() || !heights.getLast().equals(height))
                .forEach(heights::add);
        return heights;
    }

    /** When nothing was heard: those times that did not have to do with any of the {@code others}. */
    List<Pause> gaps(List<Pause> others) {
        List<Pause> gaps = new ArrayList<>();
        long sinceMillis = first().millis;
        for (int i = 1; i < samples.size(); i++) {
            Sample before = samples.get(i - 1);
            Sample now = samples.get(i);
            long heard = now.heard - before.heard;
            boolean silent = heard > 0 && now.concealed - before.concealed > GAP * heard;
            if (silent) {
                gaps.removeIf(gap -> gap.toMillis == before.millis);
                gaps.add(new Pause(sinceMillis, now.millis, (int) (now.millis - sinceMillis)));
            } else {
                sinceMillis = now.millis;
            }
        }
        gaps.removeIf(gap -> others.stream().anyMatch(gap::isNear));
        return gaps;
    }

    double concealedShare() {
        long heard = Math.max(1, last().heard - first().heard);
        return (double) (last().concealed - first().concealed) / heard;
    }

    String describe() {
        return "%s lines, %d frames, %d kbit/s, freezes of %s ms, %.1f %% concealed, gaps of %d ms"
                .formatted(
                        heights(),
                        last().frames - first().frames,
                        8 * (last().bytes - first().bytes) / (last().millis - first().millis),
                        freezes(List.of()).stream().map(Pause::lengthMillis).toList(),
                        100 * concealedShare(),
                        Pause.longestMillis(gaps(List.of())));
    }
}
