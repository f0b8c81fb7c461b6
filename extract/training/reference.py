"""Writes neural/tests/pieces.json: what the reference tokenizer makes of odd texts."""
import json
import sys
from pathlib import Path

from attribution import encoders

TEXTS = [
    "", " ", "Hello, world!", "The U.S. and the E.U. said: no.", "“Curly,” she said; ‘single’ – and — dashes… don't, won’t",
    "naïve café Ångström Čapek Łódź Øresund", "e\u0301 o\u0308 n\u0303 combining", "İstanbul ISTANBUL ı", "Straße STRASSE ß ẞ", "ﬁne ﬂow ﬀ ligatures",
    "東京 and 北京市", "한국어 조선", "ひらがな カタカナ", "Привет, мир! Это тест.", "مرحبا بالعالم", "שלום עולם", "नमस्ते दुनिया", "ไทยสวัสดี",
    "Ελληνικά ΣΊΣΥΦΟΣ", "emoji 🙂👨‍👩‍👧‍👦🇺🇸 end", "zero\u200bwidth\u200d joiner\ufeff bom", "tab\tnew\nline\r\nreturn\u00a0nbsp\u2003em\u2028ls",
    "control\u0001\u0007chars\u007f\u0080x", "replacement \ufffd here", "$3.5m €20 £1,000 ¥5 50% 1/2 ½ ² №5", "a" * 100, "b" * 101, "supercalifragilisticexpialidocious",
    "antidisestablishmentarianism-like words, e-mail, re-elected", "user@example.com https://example.com/a?b=c#d", "C++ C# .NET #hashtag @name",
    "`code` ~tilde~ ^caret^ |pipe| <tag> {brace} [bracket] \\back_under=", "« guillemets » „low“ ‚low‘ 「corner」", "·•◦‣ bullets † ‡ § ¶",
    "Mc\u00adDonald soft\u00adhyphen", "ａｂｃ ＡＢＣ１２３ full width", "x̀́̂ y⃝ stacked", "\u0130\u0307", "Ǆ ǅ ǆ ǲ", "ªº ʰ ᴬ modifiers", "𝐁𝐨𝐥𝐝 𝒮𝒸𝓇𝒾𝓅𝓉", "\u202ertl\u202c override",
    "Ⅷ ⅷ ⑧ ➇ numbers", "ŉ ǰ ΐ expand", "‽⸘ odd ⁇ marks ⁈", "한\u1112\u1161\u11ab", "\U00020000\U0002a6df rare", "\u0e33\u0eb3", "\u1e9b\u0323",
]


def main():
    tokenizer = encoders.tokenizer(encoders.minilm_folder())
    out = []
    for text in TEXTS:
        encoding = tokenizer.encode(text, add_special_tokens=False)
        out.append({"text": text, "ids": encoding.ids, "offsets": encoding.offsets})
    lines = ",\n".join(json.dumps(x, ensure_ascii=True) for x in out)
    Path(sys.argv[1]).write_text(f"[\n{lines}\n]\n")


main()
