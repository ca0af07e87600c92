"""Instances of transcript.json, group.json, text.json."""

from reference import range_proof, ristretto, text
from reference.ristretto import BASE, encode_scalar
from reference.transcript import Merlin, Q, Strobe, Transcript, short, wide

from .source import Source, document, vector


def strobe_steps() -> list[dict]:
    strobe, steps = Strobe(), []

    def note(name: str, /, **fields) -> None:
        steps.append(
            {"step": name, **fields, "state": bytes(strobe.state), "pos": strobe.pos, "pos_begin": strobe.pos_begin}
        )

    def begin(flags: int) -> None:
        strobe.begin_op(flags)
        note("begin_op", flags=flags)

    def absorb(data: bytes) -> None:
        strobe.absorb(data)
        note("absorb", data=data)

    note("init")
    begin(0x12)
    absorb(b"Merlin v1.0")
    for label, data in ((b"dom-sep", b"test protocol"), (b"some label", b"some data" * 20)):
        begin(0x12)
        absorb(label)
        absorb(len(data).to_bytes(4, "little"))
        begin(0x02)
        absorb(data)
    begin(0x12)
    absorb(b"challenge")
    absorb((32).to_bytes(4, "little"))
    begin(0x07)
    output = strobe.squeeze(32)
    note("squeeze", length=32, output=output)
    return steps


def merlin_steps() -> list[dict]:
    transcript = Merlin(b"test protocol")
    transcript.append(b"some label", b"some data")
    output = transcript.challenge(b"challenge", 32)
    return [
        {"step": "new", "name": "test protocol"},
        {"step": "append", "label": "some label", "data": b"some data"},
        {"step": "challenge", "label": "challenge", "length": 32, "output": output},
    ]


def transcript_steps() -> list[dict]:
    transcript, steps = Transcript("example"), []

    def note(name: str, /, **fields) -> None:
        steps.append({"step": name, **fields, "after": transcript.clone().challenge(b"after", 32)})

    note("transcript", name="example")
    for name, field, value in (
        ("bytes", "data", b""),
        ("integer", "value", 258),
        ("points", "points", [bytes(BASE)] * 2),
    ):
        transcript.absorb(name, value)
        note(name, label=name, **{field: value})
    for name, draw in (("scalar", transcript.scalar), ("weight", transcript.weight)):
        drawn = draw("s")
        note(name, label="s", value=encode_scalar(drawn))
    drawn = transcript.hash()
    note("hash", value=drawn)
    return steps


def transcripts(_: Source) -> dict:
    return document(
        "transcript.json",
        [
            vector("strobe", "strobe", steps=strobe_steps()),
            vector("merlin", "merlin", steps=merlin_steps()),
            vector("ours", "transcript", steps=transcript_steps()),
        ],
    )


def bad_encodings() -> list[dict]:
    bad = [
        ("negative", "point", encode_scalar(1), "point_invalid"),
        ("above the field", "point", b"\xff" * 32, "point_invalid"),
        ("high bit", "point", bytes(BASE)[:31] + bytes([bytes(BASE)[31] | 0x80]), "point_invalid"),
        ("the identity as a point", "point", bytes(32), None),
        ("the identity", "nonidentity", bytes(32), "identity_point"),
        ("q", "scalar", Q.to_bytes(32, "little"), "scalar_invalid"),
        ("q − 1", "scalar", (Q - 1).to_bytes(32, "little"), None),
    ]
    return [vector(name, "bad_encoding", type=kind, bytes=data, code=code) for name, kind, data, code in bad]


def groups(source: Source) -> dict:
    data, wider, shorter, scalar = source.randbytes(7), source.randbytes(64), source.randbytes(16), source.scalar()
    points = [BASE * source.scalar() for _ in range(3)]
    return document(
        "group.json",
        bad_encodings()
        + [
            vector(
                "hash",
                "hash_to_group",
                label="x",
                data=data,
                digest=ristretto.group_digest("x", data),
                point=bytes(ristretto.hash_to_group("x", data)),
            ),
            vector(
                "generators",
                "generators",
                base=bytes(BASE),
                H=bytes(ristretto.H),
                G_i=[bytes(ristretto.generator(i)) for i in range(9)],
            ),
            vector(
                "range generators",
                "range_generators",
                blinding=bytes(range_proof.H_TILDE),
                **{x: [list(map(bytes, range_proof.generators(x, j)[:2])) for j in range(2)] for x in "GH"},
            ),
            vector(
                "multiple",
                "multiple",
                scalar=encode_scalar(scalar),
                point=bytes(points[0]),
                product=bytes(points[0] * scalar),
            ),
            vector("sum", "sum", points=list(map(bytes, points)), sum=bytes(points[0] + points[1] + points[2])),
            vector("wide", "wide", bytes=wider, scalar=encode_scalar(wide(wider))),
            vector("short", "short", bytes=shorter, scalar=encode_scalar(short(shorter))),
        ],
    )


def texts(source: Source) -> dict:
    election, key, data, code = (source.randbytes(size) for size in (32, 32, 20, 16))
    shown, code_shown = text.to_text(data), text.code_text(code)
    fingerprint, credential = text.election_fingerprint(election, key), text.credential_fingerprint(election, key)
    kappa = text.kappa_wide(election, code)
    lenient = code_shown.lower().replace("1", "l").replace("0", "o").replace("-", " ")
    other = "Z" if code_shown[0] != "Z" else "Y"
    return document(
        "text.json",
        [
            vector(
                "election",
                "fingerprint",
                election=election,
                log_key=key,
                hash=fingerprint,
                bytes=fingerprint[:20],
                text=text.to_text(fingerprint[:20]),
            ),
            vector("tracker", "tracker", bytes=data, text=shown, accepted=[shown.replace("-", ""), shown.lower()]),
            vector(
                "credential",
                "credential_fingerprint",
                election=election,
                credential=key,
                hash=credential,
                bytes=credential[:10],
                text=text.to_text(credential[:10]),
            ),
            vector(
                "code",
                "voter_code",
                code=code,
                check_hash=text.code_check(code),
                check=text.code_check(code)[:2],
                text=code_shown,
                accepted=[lenient],
                election=election,
                kappa_wide=kappa,
                kappa=encode_scalar(wide(kappa)),
                credential=text.credential_of(wide(kappa)),
            ),
            vector("wrong check", "bad_text", type="voter_code", text=other + code_shown[1:]),
            vector("too short", "bad_text", type="tracker", text=shown[:-1]),
            vector("letter U", "bad_text", type="tracker", text="U" + shown[1:]),
            vector(
                "padding not zero",
                "bad_text",
                type="voter_code",
                text=code_shown[:-1] + text.ALPHABET[text.ALPHABET.index(code_shown[-1]) | 1],
            ),
        ],
    )
