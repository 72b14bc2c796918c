"""Publishes a test picture and a tone by WHIP, as whipclientsink does: GStreamer's webrtcbin, all candidates in the
offer. Usage: whip.py URL TOKEN. Says "published" on standard output; ends the session when standard input ends.
"""
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

PIPELINE = """
webrtcbin name=rtc bundle-policy=max-bundle
videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=15/1 ! vp8enc deadline=1 keyframe-max-dist=30
  ! rtpvp8pay picture-id-mode=15-bit ! application/x-rtp,media=video,encoding-name=VP8,payload=96 ! rtc.
audiotestsrc is-live=true ! audioconvert ! audioresample ! opusenc
  ! rtpopuspay ! application/x-rtp,media=audio,encoding-name=OPUS,payload=111 ! rtc.
"""


class Publisher:
    def __init__(self, url, token):
        self.url, self.token, self.session = url, token, None
        self.loop = GLib.MainLoop()
        self.pipeline = Gst.parse_launch(PIPELINE)
        self.rtc = self.pipeline.get_by_name("rtc")
        for index in range(2):
            transceiver = self.rtc.emit("get-transceiver", index)
            transceiver.set_property("direction", GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)
        self.rtc.connect("on-negotiation-needed", self.offer)
        self.rtc.connect("notify::ice-gathering-state", self.gathered)

    def offer(self, _):
        self.rtc.emit("create-offer", None, Gst.Promise.new_with_change_func(self.offered))

    def offered(self, promise):
        # The offer lives no longer than the reply that it came in.
        reply = promise.get_reply()
        self.rtc.emit("set-local-description", reply.get_value("offer"), Gst.Promise.new())

    def gathered(self, *_):
        state = self.rtc.get_property("ice-gathering-state")
        if state == GstWebRTC.WebRTCICEGatheringState.COMPLETE and self.session is None:
            self.session = ""
            GLib.idle_add(self.post)

    def post(self):
        offer = self.rtc.get_property("local-description").sdp.as_text()
        request = urllib.request.Request(
            self.url,
            offer.encode(),
            {"Content-Type": "application/sdp", "Authorization": "Bearer " + self.token},
            method="POST",
        )
        try:
            with urllib.request.urlopen(request, timeout=15) as reply:
                assert reply.status == 201, reply.status
                self.session = urllib.parse.urljoin(self.url, reply.headers["Location"])
                text = reply.read()
        except urllib.error.HTTPError as refused:
            sys.exit(f"{refused.code} {refused.read().decode()}\n{offer}")
        _, sdp = GstSdp.SDPMessage.new_from_text(text.decode())
        answer = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, sdp)
        self.rtc.emit("set-remote-description", answer, Gst.Promise.new())
        print("published", flush=True)
        return False

    def run(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        threading.Thread(target=self.await_end, daemon=True).start()
        self.loop.run()
        if self.session:
            ending = urllib.request.Request(self.session, method="DELETE")
            with urllib.request.urlopen(ending, timeout=15) as reply:
                print("ended", reply.status, flush=True)
        self.pipeline.set_state(Gst.State.NULL)

    def await_end(self):
        sys.stdin.read()
        GLib.idle_add(self.loop.quit)


Gst.init(None)
Publisher(sys.argv[1], sys.argv[2]).run()
