#!/bin/sh
# usage: ./sluice fuzz [NAME|all] [--minutes N]
# Looks for inputs that break a parser, guided by the code they reach. `./sluice test` runs what is kept only.
set -u

# name, module, class and its method, what it reads
targets() {
    cat <<'END'
stun       ice            io.sluice.ice.StunFuzzTest           stun        STUN messages
candidate  ice            io.sluice.ice.CandidateFuzzTest      candidate   lines of ICE candidates
datagrams  ice            io.sluice.ice.DatagramFuzzTest       datagrams   datagrams on their way to an ICE session
dtls       dtls-srtp      io.sluice.dtls.DtlsFuzzTest          dtls        DTLS records, and fingerprints in SDP
srtp       dtls-srtp      io.sluice.srtp.SrtpFuzzTest          srtp        SRTP and SRTCP packets, forged and protected
sctp       sctp           io.sluice.sctp.SctpFuzzTest          sctp        chunks of SCTP, in each state of an association
rtp        sfu-core       io.sluice.rtp.RtpFuzzTest            rtp         RTP packets and their header extensions
rtcp       sfu-core       io.sluice.rtp.RtcpFuzzTest           rtcp        RTCP, transport-wide feedback included
payload    sfu-core       io.sluice.codec.PayloadFuzzTest      payload     payloads of VP8, VP9, AV1, H.264 and Opus
feedback   sfu-core       io.sluice.bandwidth.FeedbackFuzzTest  feedback    what viewers report, and the estimate made of it
rtx        sfu-core       io.sluice.receive.RtxFuzzTest        rtx         retransmissions (RFC 4588)
sdp        signaling-api  io.sluice.sdp.SdpFuzzTest            sdp         session descriptions, read and written
offer      signaling-api  io.sluice.sdp.OfferFuzzTest          offer       session descriptions, answered
answer     signaling-api  io.sluice.sdp.AnswerFuzzTest         answer      answers to offers of ours
fragment   signaling-api  io.sluice.sdp.IceFragmentFuzzTest  fragment    candidates and credentials of WHIP, after the offer
message    signaling-api  io.sluice.plain.MessageFuzzTest      message     messages of the plain protocol
body       signaling-api  io.sluice.api.rest.FieldsFuzzTest    body        bodies of requests to the REST API
token      signaling-api  io.sluice.api.TokenFuzzTest          token       access tokens, forged and signed
call       signaling-api  io.sluice.livekit.TwirpFuzzTest      json        calls of RoomService in JSON
protocall  signaling-api  io.sluice.livekit.TwirpFuzzTest      protobuf    calls of RoomService in protobuf
END
}

# Longer for one input is a finding too: a parser's time must not be the sender's choice.
input_seconds=5

usage() {
    echo "usage: ./sluice fuzz NAME [--minutes N]     (1 minute if not said; NAME may be all)"
    echo
    targets | while read -r name module _ _ what; do
        printf '  %-10s %s (%s)\n' "$name" "$what" "$module"
    done
    echo
    echo "exit codes: 0 nothing found, 1 found something or not built, 64 a wrong argument, 69 no JDK or Maven"
}

wrong() {
    echo "sluice: $*" >&2
    usage >&2
    exit 64
}

minutes=1
chosen=
while [ $# -gt 0 ]; do
    case $1 in
        -h | --help)
            usage
            exit 0
            ;;
        --minutes)
            [ $# -ge 2 ] || wrong "--minutes needs a number"
            minutes=$2
            shift
            ;;
        --minutes=*) minutes=${1#*=} ;;
        -*) wrong "no option '$1'" ;;
        *)
            [ -z "$chosen" ] || wrong "one name at a time, or all"
            chosen=$1
            ;;
    esac
    shift
done
case $minutes in
    '' | *[!0-9]* | 0*) wrong "--minutes needs a whole number above 0, not '$minutes'" ;;
esac
[ -n "$chosen" ] || {
    usage
    exit 0
}
[ "$chosen" = all ] || targets | grep -q "^$chosen " || wrong "nothing to fuzz is called '$chosen'"

out=$SLUICE_ROOT/target/fuzz
mkdir -p "$out"
running=
trap '[ -z "$running" ] || kill "$running" 2>/dev/null; exit 130' INT TERM HUP

compile() {
    log=$out/build.log
    "$SLUICE_ROOT/scripts/maven.sh" "$log" test-compile dependency:build-classpath \
        -Dmdep.outputFile=target/test.classpath -pl "$1" -am || {
        status=$?
        "$SLUICE_ROOT/scripts/failure.sh" "$log" >&2
        exit "$status"
    }
}

# What the fuzzer says now and then, as one line.
progress() {
    sed -n 's/^#\([0-9]*\).*cov: \([0-9]*\).*corp: \([0-9]*\).*exec\/s: \([0-9]*\).*/\1 inputs, \4 a second; \2 branches reached, \3 inputs worth keeping/p' \
        "$1" | tail -n 1
}

fuzz() {
    name=$1 module=$2 class=$3 method=$4
    home=$SLUICE_ROOT/$module
    log=$out/$name.log
    inputs=src/test/resources/$(echo "$class" | tr . /)Inputs/$method
    mkdir -p "$out/$name" "$home/$inputs"
    before=$(ls "$home/$inputs")
    echo
    echo "$name ($class) for $minutes min; all it says is in ${log#"$SLUICE_ROOT"/}"
    cd "$home" || exit 1
    "$JAVA_HOME/bin/java" \
        --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
        -XX:+EnableDynamicAgentLoading -Djdk.attach.allowAttachSelf=true -Xmx1g \
        -cp "target/test-classes:target/classes:$(cat target/test.classpath)" \
        com.code_intelligence.jazzer.Jazzer \
        "--target_class=$class" "--target_method=$method" \
        "-max_total_time=$((minutes * 60))" "-timeout=$input_seconds" "$out/$name" \
        >"$log" 2>&1 </dev/null &
    running=$!
    seconds=0
    while kill -0 "$running" 2>/dev/null; do
        sleep 1
        seconds=$((seconds + 1))
        if [ $((seconds % 10)) -eq 0 ]; then
            said=$(progress "$log")
            printf '%5d s: %s\n' "$seconds" "${said:-begins}"
        fi
    done
    wait "$running"
    status=$?
    running=
    report
}

report() {
    kept=
    for file in $(ls "$home/$inputs"); do
        case " $(echo "$before" | tr '\n' ' ') " in
            *" $file "*) ;;
            *) kept="$kept $file" ;;
        esac
    done
    if [ "$status" -eq 0 ] && [ -z "$kept" ]; then
        rmdir -p "$home/$inputs" 2>/dev/null
        echo "$name: nothing found; $(progress "$log")"
        return
    fi
    findings=$((findings + 1))
    echo "$name: FOUND (status $status)"
    sed -n '/^== Java Exception/,/^== libFuzzer/p; /ERROR: libFuzzer/,/^SUMMARY/p; /^ERROR:/p' "$log" | head -n 40
    for file in $kept; do
        echo "the input is kept in $module/$inputs/$file"
    done
    echo "run it with: ./sluice test -pl $module -am -Dtest=${class##*.}"
}

modules=$(targets | while read -r name module _; do
    case $chosen in all | "$name") echo "$module" ;; esac
done | sort -u | paste -sd,)
compile "$modules"

findings=0
list=$(targets)
# A here-document keeps the loop in this shell, where the count is.
while read -r name module class method _; do
    case $chosen in
        all | "$name") fuzz "$name" "$module" "$class" "$method" ;;
    esac
done <<END
$list
END
[ "$findings" -eq 0 ]
