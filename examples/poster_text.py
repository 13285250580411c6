"""Text on posters, English and Chinese, headline and small print, by what a person says.

python -m examples.poster_text OUT [EDITOR [VERIFIER …]]

retouch run english.png --goal 'replace "Sale" with "Fair"; replace "2024" in the small print with "2025"'
retouch run chinese.png --goal '把“夏日”改成“冬日”，把“2024年”改成“2025年”'

The built-in typesetter does it. With --editor diffusers:/models/Qwen-Image-Edit-2511 a model writes instead, in crops
of about one megapixel, and gets the wanted text as a rendered picture beside them.
"""

from __future__ import annotations

import sys

import retouch
from examples.pictures import document, poster, tell

ENGLISH = (92, "Summer Sale"), (40, "Fresh fruit every day"), (22, "Valid until 31 August 2024, while stocks last")
CHINESE = (110, "夏日清仓"), (44, "全场水果八折优惠"), (24, "活动时间：2024年7月1日至8月31日，售完即止")


def main(folder: str, editor: str | retouch.Editor = "typeset", *verifiers: str | retouch.Verifier) -> int:
    english = document(poster(*ENGLISH), folder, "english")
    report = english.run(
        'replace "Sale" with "Fair"; replace "2024" in the small print with "2025"',
        editors=[editor],
        verifiers=verifiers,
    )
    ended = tell(report, english, f"{folder}/english-new.png")
    chinese = document(poster(*CHINESE), folder, "chinese")
    report = chinese.run("把“夏日”改成“冬日”，把“2024年”改成“2025年”", editors=[editor], verifiers=verifiers)
    return max(ended, tell(report, chinese, f"{folder}/chinese-new.png"))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
