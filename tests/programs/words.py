"""Texts and how many words each has. The server counts them, and so does the script of the form (tests/browser/test_live_form.py)."""

COUNTED = [
    ("", 0),
    ("Because I like pins.", 4),
    ("don't well-known 3.14 e.g. — ok", 5),
    ("rock’n’roll -- 'quoted' a- -b", 4),
    ("one\ttwo\nthree  four", 4),
    ("snake_case 1,000 ½ ² Ⅷ", 7),
    ("https://example.org/a/b?c=d", 6),
    ("我喜欢图钉", 5),
    ("𠀀𠀁 and 𝕏", 4),
    ("ピンが好き", 5),
    ("나는 핀을 좋아한다", 3),
    ("ฉันชอบหมุด", 2),
    ("ฉันชอบหมุดมาก ຂ້ອຍ", 4),
    ("Ich mag 图钉 sehr", 5),
    ("אני אוהב סיכות", 3),
    ("हिन्दी", 3),
    ("Zo\u00eb Zoe\u0308 e\u0301te\u0301", 4),
    ("🎉 👩‍💻 yes", 1),
    ("a\u200bb", 2),
]
