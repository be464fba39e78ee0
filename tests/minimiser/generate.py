"""Writes the corpus of synthetic sentences that the minimiser is measured on.

    .venv/bin/python -m tests.minimiser.generate

`developed.toml` and `held_out.toml` hold the sentences of two halves, `values.toml` what fills
their slots; the halves share neither. The same seed writes the same files, so that a test can tell
when somebody changed one by hand. Nobody in it exists: mobile numbers lie in small blocks, others
in the ranges that regulators keep for films.
"""

from __future__ import annotations

import json
import random
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
CORPUS: Final = HERE / "corpus"
HALVES: Final = ("developed", "held_out")
KINDS: Final = ("phone", "aadhaar", "email", "url", "handle", "person", "school")
STRUCTURED: Final = KINDS[:5]
MANY: Final = {"developed": (40, 60, 60), "held_out": (80, 120, 170)}
"""Sentences a language of each kind of find, of near misses, of plain sentences (at most)."""

DIGITS: Final = {"hi": "०१२३४५६७८९", "ar": "٠١٢٣٤٥٦٧٨٩"}
SPOKEN: Final = {
    "en": "zero one two three four five six seven eight nine",
    "hi": "शून्य एक दो तीन चार पांच छह सात आठ नौ",
    "hi-Latn": "zero ek do teen char paanch chhe saat aath nau",
    "ar": "صفر واحد اثنين ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf",
}
AT_DOT: Final = {"en": ("at", "dot"), "hi": ("एट", "डॉट"), "hi-Latn": ("at", "dot")} | {
    "ar": ("at", "dot"),
    "fr": ("arobase", "point"),
}


class Hat:
    """Draws the values of one language and half, always in the same order."""

    def __init__(self, half: str, language: str, sort: str, values: dict[str, Any]) -> None:
        self.half, self.language = half, language
        self.any = random.Random(f"{half} {language} {sort}")
        self.own, self.of_half = values[half][language], values[half]
        self.slots = values["slots"][language]

    def digits(self, many: int) -> str:
        return "".join(self.any.choice("0123456789") for _ in range(many))

    def word(self) -> str:
        return str(self.any.choice(self.of_half["words"]))

    # ── what identifies somebody ────────────────────────────────────────────────────────────────
    def phone(self) -> str:
        number = self.any.choice(self._numbers())
        return self._written(number)

    def _numbers(self) -> list[str]:
        block = "99000 0" if self.half == "developed" else self.any.choice(["96000 0", "73000 1"])
        mobile = block + self.digits(4)
        plain = mobile.replace(" ", "")
        found = [mobile, plain, f"+91 {mobile}", f"{plain[:5]}-{plain[5:]}", f"0{plain}"]
        if self.half == "held_out":
            found += [
                f"(+91) {plain}",
                f"91-{plain}",
                f"{plain[:3]} {plain[3:6]} {plain[6:]}",
                f"{plain[:3]}.{plain[3:6]}.{plain[6:]}",
                " ".join(plain),
                f"+1 202 555 01{self.digits(2)}",
                f"+44 7700 900{self.digits(3)}",
                f"+977 980-000{self.digits(4)}",
                f"0091 {plain}",
                f"022 2345 {self.digits(4)}",
            ]
        return found + self._abroad()

    def _abroad(self) -> list[str]:
        four = self.digits(4)
        return {
            "ar": [f"+966 50 000 {four}", f"050000{four}", f"+20 100 000 {four}", f"0100000{four}"],
            "fr": [f"06 39 98 {four[:2]} {four[2:]}", f"+33 6 39 98 {four}", f"0199 00 {four}"],
        }.get(self.language, [])

    def _written(self, number: str) -> str:
        """As some people write it: in their own digits, or with signs that nobody sees."""
        way = self.any.random()
        if self.language in DIGITS and way < 0.4:
            return number.translate(str.maketrans("0123456789", DIGITS[self.language]))
        if way > 0.93:
            return number[:4] + "\u200b" + number[4:7] + "\u200d" + number[7:]
        if way > 0.89 and self.half == "held_out" and "+" not in number:
            return " ".join(SPOKEN[self.language].split()[int(d)] for d in number if d.isdigit())
        return number

    def aadhaar(self) -> str:
        body = self.any.choice("23456789") + self.digits(10)
        whole = body + check_digit(body)
        grouped = [whole[:4], whole[4:8], whole[8:]]
        ways = [whole, " ".join(grouped), " ".join(grouped), "-".join(grouped)]
        return self._digits_only(self.any.choice(ways))

    def _digits_only(self, number: str) -> str:
        if self.language in DIGITS and self.any.random() < 0.4:
            return number.translate(str.maketrans("0123456789", DIGITS[self.language]))
        return number

    def email(self) -> str:
        local = f"{self.word()}{self.any.choice(['.', '_', ''])}{self.digits(2)}"
        domain = self.any.choice(self.of_half["domains"])
        at, dot = AT_DOT[self.language]
        ways = [f"{local}@{domain}"] * 6 + [f"{local.title()}@{domain}"]
        if domain in ("gmail.com", "outlook.com", "icloud.com"):
            ways += [f"{local} {at} {domain.replace('.', f' {dot} ')}", f"{local}(at){domain}"]
            ways += [f"{local} @ {domain}"]
        return self.any.choice(ways)

    def url(self) -> str:
        site = str(self.any.choice(self.of_half["sites"]))
        found = site.replace("{word}", self.word()).replace("{n}", self.digits(4))
        if self.half == "held_out" and self.any.random() < 0.06:
            return f"{self.word()}pics dot com"
        return found

    def handle(self) -> str:
        ways = [f"@{self.handle_named()}"] * 8
        if self.half == "held_out":
            ways += [f"{self.word()}#{self.digits(4)}", f"u/{self.word()}{self.digits(2)}"]
            ways += [f"{self.word()}{self.digits(2)}@okaxis"]
        return self.any.choice(ways)

    def handle_named(self) -> str:
        if self.half == "held_out" and self.any.random() < 0.1:
            return self.word() + self.word()
        middle = self.any.choice(["_", ".", ""])
        return f"{self.word()}{middle}{self.digits(self.any.choice([2, 3]))}"

    def person(self) -> str:
        first, last = self.any.choice(self.own["first"]), self.any.choice(self.own["last"])
        name = first if self.any.random() < 0.3 else f"{first} {last}"
        return name.lower() if self.language == "en" and self.any.random() < 0.2 else name

    def proper(self) -> str:
        return str(self.any.choice(self.own["first"])).title()

    def full(self) -> str:
        return f"{self.proper()} {self.any.choice(self.own['last'])}"

    def teacher(self) -> str:
        last = self.any.choice(self.own["last"])
        return f"{self.any.choice(['Mr', 'Mrs', 'Ms'])} [{last}]"

    def monsieur(self) -> str:
        return f"{self.any.choice(['Mme', 'Madame'])} [{self.any.choice(self.own['last'])}]"

    def school(self) -> str:
        return str(self.any.choice(self.own["schools"]))

    # ── what identifies nobody ──────────────────────────────────────────────────────────────────
    def case(self) -> str:
        signs = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
        return f"KA-{''.join(self.any.choice(signs) for _ in range(4))}"

    def time(self) -> str:
        hour, minute = self.any.randint(1, 23), self.any.choice(["00", "15", "30", "45"])
        return self._digits_only(self.any.choice([f"{hour}:{minute}", f"{hour}.{minute}"]))

    def date(self) -> str:
        day, month = self.any.randint(1, 28), self.any.randint(1, 12)
        year = self.any.choice(["2024", "2025", "2026"])
        numbered = f"{day:02}-{month:02}-{year}", f"{year}-{month:02}-{day:02}"
        ways = [*numbered, f"{day}/{month}/{year}", f"{day}.{month}.{year}"]
        return self._digits_only(self.any.choice(ways))

    def price(self) -> str:
        ways = ["₹5,000", "Rs 15000", "₹ 1,50,000", "20000", "500 €", "$300", "12 000"]
        return str(self.any.choice(ways))

    def emergency(self) -> str:
        ways = ["112", "1098", "1930", "100", "1098, 112", "3018", "14416", "1800-599-0019"]
        return str(self.any.choice(ways))

    def order(self) -> str:
        return self.any.choice([self.digits(10), self.digits(12), f"OD{self.digits(9)}"])

    def marks(self) -> str:
        return " ".join(str(self.any.randint(45, 99)) for _ in range(5))

    def slot(self, name: str) -> str:
        if name in self.slots:
            return str(self.any.choice(self.slots[name]))
        draw: Callable[[], str] = getattr(self, name)
        return draw()


def check_digit(body: str) -> str:
    """Verhoeff's check digit, written apart from the product's so that each tells on the other."""
    return next(d for d in "0123456789" if _checks(body + d))


def _checks(digits: str) -> bool:
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = _dihedral(check, int(_moved(place % 8, int(digit))))
    return check == 0


def _dihedral(one: int, other: int) -> int:
    """The product in the group of a regular pentagon's symmetries: 0 to 4 turn, 5 to 9 mirror."""
    turn_one, turn_other = one % 5, other % 5
    if one < 5:
        return (turn_one + turn_other) % 5 + (5 if other >= 5 else 0)
    return (turn_one - turn_other) % 5 + (0 if other >= 5 else 5)


def _moved(times: int, digit: int) -> int:
    for _ in range(times):
        digit = int("1576283094"[digit])
    return digit


def sentences(half: str) -> Iterator[dict[str, Any]]:
    """Every sentence of a half: its language, sort, text, and what must be found in it."""
    written = tomllib.loads((HERE / f"{half}.toml").read_text())
    values = tomllib.loads((HERE / "values.toml").read_text())
    for language, sorts in written.items():
        for sort, templates in sorts.items():
            kinds, near, plain = MANY[half]
            most = {"near": near, "plain": plain}.get(sort, kinds)
            hat = Hat(half, language, sort, values)
            seen: set[str] = set()
            for turn in range(most * 3):
                text, wanted = filled(templates[turn % len(templates)], sort, hat)
                if text not in seen and len(seen) < most:
                    seen.add(text)
                    yield {"language": language, "sort": sort, "text": text, "wanted": wanted}


def filled(template: str, sort: str, hat: Hat) -> tuple[str, list[list[Any]]]:
    """A template with its slots filled; where what identifies somebody stands, by kind."""
    text, wanted = "", []
    for part in re.split(r"(\{\w+\})", template):
        value = hat.slot(part[1:-1]) if part.startswith("{") else part
        if part.startswith("{") and part not in ("{app}", "{when}", "{kin}", "{kin_the}"):
            own = re.search(r"\[(.+)\]", value)
            start = len(text) + (own.start() if own else 0)
            value = re.sub(r"[\[\]]", "", value)
            if sort in KINDS:
                wanted.append([sort, start, start + len(own[1] if own else value)])
        text += value
    return text, wanted


def written(half: str) -> str:
    """A half as its file holds it: one JSON object a line; places count code points."""
    lines = (json.dumps(one, ensure_ascii=False) for one in sentences(half))
    return "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    CORPUS.mkdir(exist_ok=True)
    for one_half in HALVES:
        (CORPUS / f"{one_half}.jsonl").write_text(written(one_half))
