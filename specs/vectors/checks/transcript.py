"""transcript.json: specs/conventions.md#transcripts."""

from reference.transcript import Merlin, Strobe, Transcript

from .fields import Fields, Vectors


def steps_of(vector: Fields, first: str) -> list[tuple[Fields, str]]:
    steps = [(step, step.text("step")) for step in vector.children("steps")]
    if [i for i, (_, name) in enumerate(steps) if name == first] != [0]:
        vector.fail("steps", f"must have {first} once, at the beginning")
    return steps


def unknown(step: Fields, name: str) -> None:
    step.fail("step", f"{name} is unknown")


def check_strobe(vector: Fields, _: Vectors) -> None:
    strobe = Strobe()
    for step, name in steps_of(vector, "init"):
        if name == "begin_op":
            strobe.begin_op(step.integer("flags"))
        elif name == "absorb":
            strobe.absorb(step.hex("data"))
        elif name == "squeeze":
            step.expect("output", strobe.squeeze(step.integer("length")))
        elif name != "init":
            unknown(step, name)
        step.expect("state", bytes(strobe.state))
        step.expect("pos", strobe.pos)
        step.expect("pos_begin", strobe.pos_begin)
        step.finish()


def check_merlin(vector: Fields, _: Vectors) -> None:
    transcript = None
    for step, name in steps_of(vector, "new"):
        if name == "new":
            transcript = Merlin(step.text("name").encode())
        elif name == "append":
            transcript.append(step.text("label").encode(), step.hex("data"))
        elif name == "challenge":
            step.expect("output", transcript.challenge(step.text("label").encode(), step.integer("length")))
        else:
            unknown(step, name)
        step.finish()


def check_transcript(vector: Fields, _: Vectors) -> None:
    transcript = None
    for step, name in steps_of(vector, "transcript"):
        if name == "transcript":
            transcript = Transcript(step.text("name"))
        elif name == "bytes":
            transcript.absorb(step.text("label"), step.hex("data"))
        elif name == "integer":
            transcript.absorb(step.text("label"), step.integer("value"))
        elif name == "points":
            transcript.absorb(step.text("label"), step.hexes("points"))
        elif name == "scalar":
            step.expect_scalar("value", transcript.scalar(step.text("label")))
        elif name == "weight":
            step.expect_scalar("value", transcript.weight(step.text("label")))
        elif name == "hash":
            step.expect("value", transcript.hash())
        else:
            unknown(step, name)
        step.expect("after", transcript.clone().challenge(b"after", 32))
        step.finish()


KINDS = {"strobe": check_strobe, "merlin": check_merlin, "transcript": check_transcript}
