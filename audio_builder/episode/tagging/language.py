"""Language tags of the web (BCP 47) as the three letters that ID3 asks for (ISO 639-2)."""

from __future__ import annotations

UNKNOWN = "XXX"
"""What ID3v2 says of a language that isn't known (section 4 of both versions)."""

_TERMINOLOGICAL = (
    "af:afr am:amh ar:ara az:aze be:bel bg:bul bn:ben bs:bos ca:cat cs:ces cy:cym da:dan de:deu el:ell en:eng "
    "eo:epo es:spa et:est eu:eus fa:fas fi:fin fr:fra fy:fry ga:gle gd:gla gl:glg gu:guj ha:hau he:heb hi:hin "
    "hr:hrv hu:hun hy:hye id:ind ig:ibo is:isl it:ita ja:jpn jv:jav ka:kat kk:kaz km:khm kn:kan ko:kor ku:kur "
    "ky:kir la:lat lb:ltz lo:lao lt:lit lv:lav mg:mlg mi:mri mk:mkd ml:mal mn:mon mr:mar ms:msa mt:mlt my:mya "
    "nb:nob ne:nep nl:nld nn:nno no:nor oc:oci or:ori pa:pan pl:pol ps:pus pt:por qu:que ro:ron ru:rus rw:kin "
    "sa:san sd:snd si:sin sk:slk sl:slv so:som sq:sqi sr:srp st:sot su:sun sv:swe sw:swa ta:tam te:tel tg:tgk "
    "th:tha ti:tir tk:tuk tl:tgl tr:tur tt:tat ug:uig uk:ukr ur:urd uz:uzb vi:vie wo:wol xh:xho yi:yid yo:yor "
    "zh:zho zu:zul"
)
_THREE_LETTERS = dict(pair.split(":") for pair in _TERMINOLOGICAL.split())


def three_letters(tag: str) -> str:
    """Return the ISO 639-2 code of a BCP 47 tag, or `XXX` where it isn't known.

    >>> three_letters("pt-BR")
    'por'
    >>> three_letters("")
    'XXX'
    """
    primary = tag.replace("_", "-").partition("-")[0].lower()
    if len(primary) == 3 and primary.isascii() and primary.isalpha():
        return primary
    return _THREE_LETTERS.get(primary, UNKNOWN)
