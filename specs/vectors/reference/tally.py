"""Counting. Implements specs/tally.md."""

from dataclasses import dataclass

from .ballot import Setup
from .decryption import Group, Statement, judge_decryption
from .refusal import require
from .ristretto import BASE, decode_point, sum_of
from .transcript import Q, Transcript


@dataclass
class Accepted:
    """An accepted ballot with what the roll says about its credential; C are its ciphertexts in order of its slots."""

    leaf: bytes
    credential: bytes
    weight: int
    style: int
    R: bytes
    C: list[bytes]


@dataclass
class Tally:
    setup: Setup
    keys_hash: bytes
    close: bytes
    threshold: int
    minimum: int
    qualified: list[int]
    shares: dict[int, list[bytes]]
    ballots: list[Accepted]

    def counted(self) -> list[Accepted]:
        heads = {ballot.credential: ballot.leaf for ballot in self.ballots}
        return [ballot for ballot in self.ballots if heads[ballot.credential] == ballot.leaf]

    def counted_hash(self) -> bytes:
        counted = self.counted()
        transcript = Transcript("counted").absorb("election", self.setup.election).absorb("close", self.close)
        return transcript.absorb("count", len(counted)).absorb("ballots", b"".join(b.leaf for b in counted)).hash()

    def groups(self) -> list["TallyGroup"]:
        by_styles = {}
        for contest in range(len(self.setup.contests)):
            styles = tuple(s for s, contests in enumerate(self.setup.styles) if contest in contests)
            by_styles.setdefault(styles, []).append(contest)
        return [self.group(contests, styles) for styles, contests in by_styles.items()]

    def group(self, contests: list[int], styles: tuple[int, ...]) -> "TallyGroup":
        ballots = [ballot for ballot in self.counted() if ballot.style in styles]
        R = sum_of([(ballot.weight, decode_point(ballot.R)) for ballot in ballots])
        slots = self.setup.slots_of(contests)
        C = [sum_of([(b.weight, decode_point(self.ciphertext(b, slot))) for b in ballots]) for slot in slots]
        state = "empty" if not ballots else "withheld" if len(ballots) < self.minimum else "open"
        return TallyGroup(
            contests, slots, len(ballots), sum(b.weight for b in ballots), state, bytes(R), list(map(bytes, C))
        )

    def ciphertext(self, ballot: Accepted, slot: int) -> bytes:
        return ballot.C[self.setup.slots_of(self.setup.styles[ballot.style]).index(slot)]

    def statement(self) -> Statement:
        groups = [Group(g.slots, g.R, g.C) for g in self.groups() if g.state == "open"]
        return Statement("share", self.setup.election, self.keys_hash, self.counted_hash(), groups)

    def judge_share(
        self, sent: set[int], keys_hash: bytes, counted: bytes, trustee: int, decryption: bytes, proof: bytes
    ) -> None:
        statement = self.statement()
        require(trustee in self.qualified, "trustee_left_out")
        require(keys_hash == self.keys_hash, "keys_mismatch")
        require(counted == statement.counted, "counted_mismatch")
        require(trustee not in sent, "duplicate")
        require(bool(statement.groups), "share_not_needed")
        publics = [self.shares[trustee][slot - 1] for slot in statement.slots()]
        judge_decryption(statement, trustee, publics, decryption, proof)

    def judge_result(self, decryptions: dict[int, list[bytes]], counted: bytes, contests: list) -> None:
        """The checks but the anchor; `decryptions` are the accepted D_j by trustee."""
        groups = self.groups()
        is_open = any(group.state == "open" for group in groups)
        require(counted == self.counted_hash(), "counted_mismatch")
        require(not is_open or len(decryptions) >= self.threshold, "shares_missing")
        withheld = {contest for group in groups if group.state == "withheld" for contest in group.contests}
        require(len(contests) == len(self.setup.contests), "result_shape")
        for index, (totals, contest) in enumerate(zip(contests, self.setup.contests, strict=True)):
            require((totals is None) == (index in withheld), "result_shape")
            require(totals is None or len(totals) == contest.slot_count(), "result_shape")
        claimed = self.claimed_totals(contests)
        opened = self.opened(decryptions) if is_open else {}
        for group in groups:
            for slot, largest in zip(group.slots, self.largest_totals(group), strict=True):
                if group.state == "open":
                    require(claimed[slot] <= largest and bytes(BASE * claimed[slot]) == opened[slot], "result_total")
                elif group.state == "empty":
                    require(claimed[slot] == 0, "result_total")

    def largest_totals(self, group: "TallyGroup") -> list[int]:
        contests = [self.setup.contests[index] for index in group.contests]
        return [c.largest_slot() * group.weight for c in contests for _ in range(c.slot_count())]

    def claimed_totals(self, contests: list) -> dict[int, int | None]:
        """By global slot number."""
        claimed = []
        for totals, contest in zip(contests, self.setup.contests, strict=True):
            claimed += [None] * contest.slot_count() if totals is None else totals
        return dict(enumerate(claimed, 1))

    def opened(self, decryptions: dict[int, list[bytes]]) -> dict[int, bytes]:
        """v·G for each slot of an open group."""
        indexes = sorted(decryptions)[: self.threshold]
        factors, statement = lagrange(indexes), self.statement()
        aggregates = [C for group in statement.groups for C in group.C]
        return {
            slot: bytes(decode_point(C) - sum_of([(factors[i], decode_point(decryptions[i][place])) for i in indexes]))
            for place, (slot, C) in enumerate(zip(statement.slots(), aggregates, strict=True))
        }


@dataclass
class TallyGroup:
    contests: list[int]
    slots: list[int]
    ballots: int
    weight: int
    state: str
    R: bytes
    C: list[bytes]


def lagrange(indexes: list[int]) -> dict[int, int]:
    result = {}
    for i in indexes:
        factor = 1
        for other in indexes:
            if other != i:
                factor = factor * other * pow(other - i, -1, Q) % Q
        result[i] = factor
    return result
