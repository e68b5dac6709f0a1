def card_report(numbers: list[str]) -> dict[str, list[str]]:
    """The valid card numbers by brand, each brand's in the order given, masked as in "************1111".

    Spaces and hyphens do not count. A number is valid when it passes the Luhn check: from the right, every second digit
    is doubled, less 9 if that is more than 9, and the sum of all is a multiple of 10. Visa numbers begin with 4 and
    have 13 or 16 digits, Mastercard's begin with 51 to 55 and have 16, Amex numbers begin with 34 or 37 and have 15.
    Other numbers and invalid ones are left out, and so are brands without a number. Brands are "visa", "mastercard",
    "amex", in this order.

    >>> card_report(["4111 1111 1111 1111", "4111 1111 1111 1112"])
    {'visa': ['************1111']}
    >>> card_report(["3782-822463-10005", "5555555555554444", "4222222222222"])
    {'visa': ['*********2222'], 'mastercard': ['************4444'], 'amex': ['***********0005']}
    >>> card_report(["6011111111111117", "hello", ""])
    {}
    """
    ...
