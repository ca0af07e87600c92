"""The decryption objects of ceremony.json and tally.json: specs/tally.md#decryption."""

from reference.decryption import Statement, decrypt, judge_decryption

from .fields import Fields

SCALARS = {"rho", "sums", "c", "z"}


def check_decryption(item: Fields, statement: Statement, secrets: list[int], publics: list[bytes]) -> list[bytes]:
    """The D_j of a right decryption object; secrets and publics are what the ceremony gave."""
    trustee = item.integer("trustee")
    item.expect_scalars("secrets", secrets)
    values = decrypt(statement, trustee, secrets, item.scalar_list("nonces"))
    if values["publics"] != publics:
        item.fail("publics", "are not those of the keys")
    item.expect_all(values, SCALARS)
    judge_decryption(statement, trustee, publics, b"".join(values["decryption"]), values["proof"])
    item.finish()
    return values["decryption"]
