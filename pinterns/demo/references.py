"""References of the demo's applications: they follow from the seed and a number, and no two numbers share one."""

_UNMISTAKABLE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # as in applications.models.new_reference()
_BASE, _LENGTH = len(_UNMISTAKABLE), 8
_ALL = _BASE**_LENGTH
# Prime to every divisor of _ALL (2, 3 and 5), so that multiplying only shuffles the numbers; large, so that they scatter.
_STRIDE = 387_420_489_011


def reference(seed: int, number: int) -> str:
    """The reference of application `number`: “K7QF-2MXD”."""
    value = (number + 1 + seed * 100_000_007) * _STRIDE % _ALL
    letters = ""
    for _position in range(_LENGTH):
        value, digit = divmod(value, _BASE)
        letters += _UNMISTAKABLE[digit]
    return f"{letters[:4]}-{letters[4:]}"
